with economics as (

    select * from {{ ref('unit_economics') }} where cohort_month is not null

),

values_of_customers as (

    select
        cohort_month,
        {{ ratio('sum(value_to_date + predicted_value_52w)', 'sum(customers)') }} as predicted_ltv
    from economics
    group by cohort_month

){% if ads_enabled() %},

-- The month's costs against the orders of all its new customers, so that this agrees with the acquisition cost.
paybacks as (

    select
        cohorts.cohort_month,
        min(cohorts.months_since_first_purchase) as payback_months
    from {{ ref('customer_cohorts') }} as cohorts
    inner join {{ ref('int_kpi_advertising') }} as ads on cohorts.cohort_month = ads.period_month
    where ads.ad_spend > 0 and cohorts.cumulative_revenue * {{ setting('margin_rate') }} >= ads.ad_spend
    group by cohorts.cohort_month

){% endif %}

select
    months.period_month,
    values_of_customers.predicted_ltv
    {%- if ads_enabled() %},
    cast(paybacks.payback_months as integer) as payback_months
    {%- endif %}
from {{ ref('int_kpi_months') }} as months
left join values_of_customers on months.period_month = values_of_customers.cohort_month
{% if ads_enabled() %}
left join paybacks on months.period_month = paybacks.cohort_month
{% endif %}
