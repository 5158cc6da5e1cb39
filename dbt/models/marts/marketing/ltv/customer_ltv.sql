{{
    config(
        sort='customer_id',
        dist='customer_id',
        indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}]),
    )
}}

with orders as (

    select * from {{ ref('orders') }}

),

opted_out as (

    select customer_id from {{ ref('int_customer_consent') }} where not may_be_profiled

),

values_so_far as (

    select
        customer_id,
        count(*) as successful_orders,
        sum(amount) as historical_ltv
    from orders
    where is_successful and customer_id is not null and customer_id not in (select opted_out.customer_id from opted_out)
    group by customer_id

),

-- Two orders on one day are one purchase, as in the models that forecast purchases.
purchase_days as (

    select
        customer_id,
        order_date,
        sum(amount) as revenue
    from orders
    where is_successful and customer_id is not null and order_date is not null
    group by customer_id, order_date

),

numbered as (

    select
        purchase_days.*,
        row_number() over (partition by customer_id order by order_date) as day_number
    from purchase_days

),

histories as (

    select
        customer_id,
        min(order_date) as first_purchase_date,
        max(order_date) as last_purchase_date,
        count(*) as purchase_days,
        sum(case when day_number > 1 then revenue else 0 end) as repeat_revenue
    from numbered
    group by customer_id

)

select
    values_so_far.customer_id,
    histories.first_purchase_date,
    histories.last_purchase_date,
    cast(values_so_far.successful_orders as numeric(18, 2)) as total_orders,
    {{ money('values_so_far.historical_ltv') }} as historical_ltv,
    {{ ratio('values_so_far.historical_ltv', 'values_so_far.successful_orders') }} as average_order_value,
    {{ months_between('histories.first_purchase_date', 'histories.last_purchase_date') }} as customer_lifespan_months,
    {{ ratio(
        'values_so_far.successful_orders',
        months_between('histories.first_purchase_date', analysis_date()) ~ ' + 1',
    ) }} as purchase_frequency,
    cast(histories.purchase_days - 1 as integer) as frequency,
    {{ ratio(days_between('histories.first_purchase_date', 'histories.last_purchase_date'), '7') }} as recency_weeks,
    {{ ratio(days_between('histories.first_purchase_date', analysis_date()), '7') }} as age_weeks,
    case
        when histories.purchase_days > 1 then {{ ratio('histories.repeat_revenue', '(histories.purchase_days - 1)') }}
        when histories.purchase_days = 1 then 0
    end as monetary_value
from values_so_far
left join histories on values_so_far.customer_id = histories.customer_id
