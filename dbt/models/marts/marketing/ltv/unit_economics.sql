{{ config(indexes=on_postgres([{'columns': ['cohort_month', 'acquisition_channel'], 'unique': true}])) }}
{% set factor = 1 / (1 + setting('ltv_monthly_discount_rate') | float) %}

with cohorts as (

    select * from {{ ref('int_unit_economics') }}

),

costs as (

    {% if ads_enabled() %}
    select period_month, attribution_channel, spend from {{ ref('int_channel_costs') }}
    {% else %}
    select cohort_month as period_month, acquisition_channel as attribution_channel, cast(null as numeric(18, 2)) as spend
    from cohorts
    where 1 = 0
    {% endif %}

),

months as (

    select
        acquisition.cohort_month,
        acquisition.acquisition_channel,
        {{ months_between('acquisition.cohort_month', 'purchases.purchase_date') }} as month_number,
        cast(sum(purchases.revenue) * {{ setting('margin_rate') }} as double precision) as month_value
    from {{ ref('int_customer_acquisition') }} as acquisition
    inner join {{ ref('int_customer_purchases') }} as purchases on acquisition.customer_id = purchases.customer_id
    where purchases.purchase_date is not null
    group by
        acquisition.cohort_month,
        acquisition.acquisition_channel,
        {{ months_between('acquisition.cohort_month', 'purchases.purchase_date') }}

),

so_far as (

    select
        months.*,
        sum(month_value) over (
            partition by cohort_month, acquisition_channel order by month_number
            rows between unbounded preceding and current row
        ) as value_so_far,
        sum(month_value * power({{ factor }}, month_number)) over (
            partition by cohort_month, acquisition_channel order by month_number
            rows between unbounded preceding and current row
        ) as discounted_value_so_far
    from months

),

paybacks as (

    select
        costs.period_month,
        costs.attribution_channel,
        min(case when so_far.value_so_far >= costs.spend then so_far.month_number end) as payback_months,
        min(case when so_far.discounted_value_so_far >= costs.spend then so_far.month_number end)
            as discounted_payback_months
    from costs
    inner join so_far
        on costs.period_month = so_far.cohort_month and costs.attribution_channel = so_far.acquisition_channel
    group by costs.period_month, costs.attribution_channel

)

select
    coalesce(cohorts.cohort_month, costs.period_month) as cohort_month,
    cast(coalesce(cohorts.acquisition_channel, costs.attribution_channel) as varchar(256)) as acquisition_channel,
    cast(coalesce(cohorts.customers, 0) as integer) as customers,
    costs.spend,
    {{ ratio('costs.spend', 'cohorts.customers') }} as cac,
    cast(coalesce(cohorts.value_to_date, 0) as double precision) as value_to_date,
    cast(coalesce(cohorts.predicted_value_52w, 0) as double precision) as predicted_value_52w,
    {{ ratio('(cohorts.value_to_date + cohorts.predicted_value_52w)', 'cohorts.customers') }} as value_per_customer,
    coalesce(cohorts.customers, 0) < {{ setting('unit_economics_min_customers') }} as is_small,
    cohorts.value_per_customer_low,
    cohorts.value_per_customer_high,
    {{ ratio('(cohorts.value_to_date + cohorts.predicted_value_52w)', 'costs.spend') }} as ltv_to_cac,
    {{ ratio('cohorts.value_per_customer_low * cohorts.customers', 'costs.spend') }} as ltv_to_cac_low,
    {{ ratio('cohorts.value_per_customer_high * cohorts.customers', 'costs.spend') }} as ltv_to_cac_high,
    paybacks.payback_months,
    paybacks.discounted_payback_months
from cohorts
full outer join costs
    on cohorts.cohort_month = costs.period_month and cohorts.acquisition_channel = costs.attribution_channel
left join paybacks
    on costs.period_month = paybacks.period_month and costs.attribution_channel = paybacks.attribution_channel
