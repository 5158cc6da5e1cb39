{{ config(tags=['critical', 'integration']) }}

-- All models have the same revenue, that of the successful orders. The test compares a model with the orders that its
-- grain includes: customers with orders that have a customer, segments with those of customers who may be profiled, cohorts
-- with orders that also have a date up to the month of analysis_date.
{% set measures = [
    ('product_performance', 'total_revenue', 'revenue'),
    ('marketing_attribution', 'total_revenue', 'revenue'),
    ('marketing_attribution', 'first_touch_revenue', 'revenue'),
    ('marketing_attribution', 'last_touch_revenue', 'revenue'),
    ('customers', 'customer_lifetime_value', 'customer_revenue'),
    ('customer_segmentation', 'total_revenue', 'profiled_revenue'),
    ('customer_cohorts', 'cohort_revenue', 'cohort_revenue'),
] %}

with conversions as (

    select
        customer_id,
        amount,
        customer_id in (select customer_id from {{ ref('customers') }} where customer_segment = 'opted_out') as is_opted_out,
        {{ months_between('order_date', analysis_date()) }} as months_ago
    from {{ ref('orders') }}
    where is_successful

),

orders as (

    select
        coalesce(sum(amount), 0) as revenue,
        coalesce(sum(case when customer_id is not null then amount end), 0) as customer_revenue,
        coalesce(sum(case when customer_id is not null and not is_opted_out then amount end), 0) as profiled_revenue,
        coalesce(sum(case when customer_id is not null and months_ago >= 0 then amount end), 0) as cohort_revenue
    from conversions

),

revenues as (

    {% for model, measure, expected in measures %}
    select
        '{{ model }}.{{ measure }}' as measure,
        (select coalesce(sum({{ measure }}), 0) from {{ ref(model) }}) as revenue,
        {{ expected }} as expected_revenue
    from orders
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from revenues where revenue <> expected_revenue
