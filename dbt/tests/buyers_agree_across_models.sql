{{ config(tags=['integration']) }}

-- All models have the same buyers: customers with a successful order. Each is new in one product and one channel. A
-- buyer who may not be profiled has no segment.
{% set measures = [
    ('customer_segmentation', 'count(*)', 'expected_profiles'),
    ('product_performance', 'sum(new_customers)', 'expected_customers'),
    ('marketing_attribution', 'sum(new_customers)', 'expected_customers'),
] %}

with buyers as (

    select
        count(*) as expected_customers,
        count(case when customer_segment <> 'opted_out' then 1 end) as expected_profiles
    from {{ ref('customers') }}
    where successful_orders > 0

),

counted as (

    {% for model, measure, expected in measures %}
    select
        '{{ model }}' as model,
        (select coalesce({{ measure }}, 0) from {{ ref(model) }}) as customers,
        {{ expected }} as expected_customers
    from buyers
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from counted where customers <> expected_customers
