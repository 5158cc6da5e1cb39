{{ config(tags=['executive', 'integration']) }}

-- The KPIs of a month's new customers come from marts of groups. The mart of single customers and the orders must agree.
with months as (

    select
        period_month,
        max(case when kpi_name = 'predicted_ltv' then value end) as predicted_ltv,
        max(case when kpi_name = 'predicted_ltv_cac' then value end) as predicted_ltv_cac,
        max(case when kpi_name = 'cac' then value end) as cac,
        max(case when kpi_name = 'payback_months' then value end) as payback_months,
        max(case when kpi_name = 'ad_spend' then value end) as ad_spend
    from {{ ref('executive_kpis') }}
    group by period_month

),

customers as (

    select
        {{ first_of_month('first_purchase_date') }} as period_month,
        avg({{ setting('margin_rate') }} * cast(historical_ltv as double precision) + predicted_value_52w) as mean_value
    from {{ ref('customer_ltv') }}
    where first_purchase_date is not null
    group by {{ first_of_month('first_purchase_date') }}

),

first_orders as (

    select customer_id, {{ first_of_month('min(order_date)') }} as period_month
    from {{ ref('orders') }}
    where is_successful and customer_id is not null
    group by customer_id

),

-- What the new customers of the month had brought when they had paid back, and one month earlier.
revenues as (

    select
        months.period_month,
        sum(orders.amount) as revenue_so_far,
        sum(
            case
                when {{ months_between('months.period_month', 'orders.order_date') }} <= months.payback_months
                    then orders.amount
                else 0
            end
        ) as revenue_at_payback,
        sum(
            case
                when {{ months_between('months.period_month', 'orders.order_date') }} < months.payback_months
                    then orders.amount
                else 0
            end
        ) as revenue_before
    from months
    inner join first_orders on months.period_month = first_orders.period_month
    inner join {{ ref('orders') }} as orders on first_orders.customer_id = orders.customer_id and orders.is_successful
    group by months.period_month

)

select
    months.*,
    customers.mean_value,
    revenues.revenue_so_far,
    revenues.revenue_at_payback,
    revenues.revenue_before
from months
left join customers on months.period_month = customers.period_month
left join revenues on months.period_month = revenues.period_month
where (months.predicted_ltv is null) <> (customers.mean_value is null)
    or abs(months.predicted_ltv - customers.mean_value) > 1e-6 * (1 + customers.mean_value)
    or abs(months.predicted_ltv_cac * months.cac - months.predicted_ltv) > 1e-6 * (1 + months.predicted_ltv)
    or (months.payback_months is null and months.ad_spend > 0
        and revenues.revenue_so_far * {{ setting('margin_rate') }} >= months.ad_spend)
    or (months.payback_months is not null and (
        revenues.revenue_at_payback * {{ setting('margin_rate') }} < months.ad_spend
        or (months.payback_months > 0 and revenues.revenue_before * {{ setting('margin_rate') }} >= months.ad_spend)))
