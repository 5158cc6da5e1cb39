with economics as (

    select * from {{ ref('unit_economics') }} where cohort_month is not null

),

latest as (

    select max(cohort_month) as cohort_month from economics

),

channels as (

    select
        economics.acquisition_channel,
        sum(economics.customers) as customers,
        sum(economics.spend) as spend,
        sum(economics.value_to_date) as value_to_date,
        sum(economics.predicted_value_52w) as predicted_value_52w,
        count(economics.spend) as cohorts_with_costs,
        count(economics.payback_months) as cohorts_paid_back,
        avg(cast(economics.payback_months as double precision)) as payback_months
    from economics
    cross join latest
    where economics.cohort_month > {{ add_months('latest.cohort_month', -12) }}
    group by economics.acquisition_channel

)

select
    acquisition_channel,
    customers,
    spend,
    {{ ratio('spend', 'customers') }} as cac,
    {{ ratio('value_to_date', 'customers') }} as value_to_date,
    {{ ratio('predicted_value_52w', 'customers') }} as predicted_value_52w,
    {{ ratio('(value_to_date + predicted_value_52w)', 'spend') }} as ltv_to_cac,
    payback_months,
    cohorts_paid_back,
    cohorts_with_costs
from channels
where {{ may_be_shown('customers') }}
order by customers desc, acquisition_channel asc
