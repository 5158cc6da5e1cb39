select
    cohort_month,
    months_since_first_purchase,
    retention_rate,
    cohort_revenue,
    cohort_quality
from {{ ref('customer_cohorts') }}
where cohort_month >= '2024-01-01'
    and {{ may_be_shown('cohort_size') }}
order by cohort_month, months_since_first_purchase
