with months as (

    select * from {{ ref('int_cohort_months') }}

),

cumulated as (

    select
        months.*,
        {{ rate('active_customers', 'cohort_size') }} as retention_rate,
        {{ money('sum(cohort_revenue) over (
            partition by cohort_month
            order by months_since_first_purchase
            rows between unbounded preceding and current row
        )') }} as cumulative_revenue
    from months

),

valued as (

    select
        cumulated.*,
        {{ ratio('cumulative_revenue', 'cohort_size') }} as ltv_per_customer
    from cumulated

)

select
    valued.*,
    {{ ratio(
        'sum(ltv_per_customer * cumulative_revenue) over (partition by months_since_first_purchase)',
        'sum(cumulative_revenue) over (partition by months_since_first_purchase)'
    ) }} as ltv_of_all_cohorts
from valued
