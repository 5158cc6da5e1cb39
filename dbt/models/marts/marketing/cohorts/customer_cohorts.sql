{{
    config(
        sort=['cohort_month', 'months_since_first_purchase'],
        dist='cohort_month',
        indexes=on_postgres([{'columns': ['cohort_month', 'months_since_first_purchase'], 'unique': true}]),
    )
}}

with progress as (

    select * from {{ ref('int_cohort_progress') }}

),

top_products as (

    select * from {{ ref('int_cohort_top_products') }}

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

calendar as (

    select
        progress.*,
        {{ add_months('progress.cohort_month', 'progress.months_since_first_purchase') }} as activity_month,
        {{ add_months('progress.cohort_month', 'progress.months_since_first_purchase + 1') }} as following_month
    from progress

)

select
    {{ dbt.hash(dbt.concat([
        'cast(calendar.cohort_month as varchar(10))',
        "'/'",
        'cast(calendar.months_since_first_purchase as varchar(10))',
    ])) }} as cohort_key,
    calendar.cohort_month,
    calendar.months_since_first_purchase,
    calendar.activity_month,
    calendar.following_month <= as_of.analysis_date as is_complete,
    case
        when calendar.months_since_first_purchase = 0 then 'Acquisition'
        when calendar.months_since_first_purchase <= 3 then 'Activation'
        when calendar.months_since_first_purchase <= 6 then 'Retention'
        when calendar.months_since_first_purchase <= 12 then 'Revenue'
        else 'Referral'
    end as retention_stage,
    calendar.cohort_size,
    calendar.active_customers,
    calendar.cohort_orders,
    calendar.retention_rate,
    calendar.retention_rate - lag(calendar.retention_rate) over (
        partition by calendar.cohort_month
        order by calendar.months_since_first_purchase
    ) as prior_month_retention_change,
    calendar.cohort_revenue,
    {{ ratio('calendar.cohort_revenue', 'calendar.cohort_size') }} as revenue_per_cohort_member,
    {{ ratio('calendar.cohort_revenue', 'calendar.active_customers') }} as revenue_per_active_customer,
    calendar.cumulative_revenue,
    calendar.ltv_per_customer,
    calendar.ltv_of_all_cohorts,
    case
        when calendar.ltv_per_customer >= 1.2 * calendar.ltv_of_all_cohorts then 'High'
        when calendar.ltv_per_customer <= 0.8 * calendar.ltv_of_all_cohorts then 'Low'
        else 'Medium'
    end as cohort_quality,
    top_products.top_product
from calendar
cross join as_of
left join top_products on calendar.cohort_month = top_products.cohort_month
