{{ config(tags=['business_logic']) }}

-- Each cohort has one row for each month from 0 to the month of analysis_date.
with cohorts as (

    select
        cohort_month,
        count(*) as months,
        min(months_since_first_purchase) as first_month,
        max(months_since_first_purchase) as last_month
    from {{ ref('customer_cohorts') }}
    group by cohort_month

)

select *
from cohorts
where first_month <> 0
    or last_month <> {{ months_between('cohort_month', analysis_date()) }}
    or months <> last_month + 1
