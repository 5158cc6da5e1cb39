with cohorts as (

    select * from {{ ref('customer_cohorts') }}

),

latest as (

    select max(cohort_month) as cohort_month from cohorts

)

select
    cohorts.cohort_month,
    cohorts.cohort_size,
    cohorts.months_since_first_purchase,
    cohorts.retention_rate,
    cohorts.is_complete
from cohorts
cross join latest
where cohorts.cohort_month >= {{ add_months('latest.cohort_month', -12) }}
    and cohorts.months_since_first_purchase <= 12
    and {{ may_be_shown('cohorts.cohort_size') }}
order by cohorts.cohort_month, cohorts.months_since_first_purchase
