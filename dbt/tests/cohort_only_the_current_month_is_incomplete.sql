{{ config(tags=['business_logic']) }}

select
    cohort_month,
    activity_month,
    is_complete
from {{ ref('customer_cohorts') }}
where is_complete <> (activity_month < {{ first_of_month(analysis_date()) }})
