{{ config(tags=['business_logic']) }}

-- At each age the best cohort is at least at the mean and the worst at most, so they cannot all be High or all be Low.
select
    months_since_first_purchase,
    min(ltv_per_customer / ltv_of_all_cohorts) as lowest,
    max(ltv_per_customer / ltv_of_all_cohorts) as highest
from {{ ref('customer_cohorts') }}
group by months_since_first_purchase
having max(ltv_per_customer / ltv_of_all_cohorts) < 1 - 1e-9
    or min(ltv_per_customer / ltv_of_all_cohorts) > 1 + 1e-9
