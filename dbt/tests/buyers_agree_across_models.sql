{{ config(tags=['integration']) }}

-- All models have the same buyers: customers with a successful order. Each is new in one product and one channel.
{% set measures = [
    ('customer_segmentation', 'count(*)'),
    ('product_performance', 'sum(new_customers)'),
    ('marketing_attribution', 'sum(new_customers)'),
] %}

with buyers as (

    select count(*) as expected_customers from {{ ref('customers') }} where successful_orders > 0

),

counted as (

    {% for model, measure in measures %}
    select
        '{{ model }}' as model,
        (select coalesce({{ measure }}, 0) from {{ ref(model) }}) as customers,
        expected_customers
    from buyers
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from counted where customers <> expected_customers
