{{ config(tags=['executive', 'critical', 'integration']) }}

-- The sum of a KPI over all complete months equals that of its source model. The months are those of the orders, so that a
-- missing month of the KPIs is a difference.
with bounds as (

    select min(order_month) as first_month, {{ first_of_month(analysis_date()) }} as end_of_months
    from {{ ref('orders') }}

),

sources as (

    select 'revenue' as kpi_name, sum(amount) as total
    from {{ ref('orders') }}, bounds
    where is_successful and order_date < end_of_months
    union all
    select 'orders' as kpi_name, count(*) as total
    from {{ ref('orders') }}, bounds
    where is_successful and order_date < end_of_months
    union all
    select 'new_customers' as kpi_name, sum(cohort_size) as total
    from {{ ref('customer_cohorts') }}, bounds
    where months_since_first_purchase = 0 and cohort_month < end_of_months
    {% if ads_enabled() %}
    union all
    select 'ad_spend' as kpi_name, sum(spend) as total
    from {{ ref('fct_ad_performance') }}, bounds
    where date_day >= first_month and date_day < end_of_months
    {% endif %}
    {% if source_enabled('sendgrid') or source_enabled('mailchimp') %}
    union all
    select 'email_revenue' as kpi_name, sum(amount) as total
    from {{ ref('int_email_orders') }}, bounds
    where order_date < end_of_months
    {% endif %}

),

kpis as (

    select kpi_name, sum(value) as total from {{ ref('executive_kpis') }} group by kpi_name

)

select
    sources.kpi_name,
    kpis.total,
    sources.total as expected_total
from sources
inner join kpis on sources.kpi_name = kpis.kpi_name
-- Spend is rounded to cents in each month.
where abs(kpis.total - coalesce(sources.total, 0)) > case sources.kpi_name when 'ad_spend' then 1 else 0.001 end
