{{
    config(
        sort='product_name',
        dist='product_name',
        indexes=on_postgres([{'columns': ['product_name'], 'unique': true}]),
    )
}}

with products as (

    select * from {{ ref('int_product_classification') }}

),

cross_sell as (

    select * from {{ ref('int_product_cross_sell') }}

),

customer_base as (

    select count(distinct customer_id) as customers from {{ ref('stg_customers') }}

),

rules as (

    select * from {{ ref('advice_rules') }}

),

-- Products by the conditions of the rules.
rated as (

    select
        product_name,
        {{ order_volume('total_orders') }} as order_volume,
        case when return_rate >= {{ setting('problem_return_rate') }} then 'High' else 'Normal' end as return_level,
        lifecycle_stage,
        product_status,
        abc_category
    from products

),

advised as (

    select
        rated.product_name,
        rules.advice,
        row_number() over (partition by rated.product_name order by rules.priority) as row_position
    from rated
    inner join rules on {{ advice_applies('rules', 'product', 'rated') }}

)

select
    products.product_name,
    products.revenue_rank,
    products.total_orders,
    products.successful_orders,
    products.returned_orders,
    products.unique_customers,
    products.new_customers,
    products.total_revenue,
    products.returned_amount,
    {{ ratio('products.total_revenue', 'products.successful_orders') }} as avg_order_value,
    products.return_rate,
    {{ rate('products.unique_customers', 'customer_base.customers') }} as market_penetration,
    products.revenue_share,
    products.cumulative_revenue_share,
    products.abc_category,
    products.recent_revenue,
    products.previous_revenue,
    products.revenue_growth,
    products.product_status,
    products.lifecycle_stage,
    {{ rate('products.promotional_revenue', 'products.total_revenue') }} as promotional_dependency,
    {%- for method in ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] %}
    {{ rate('products.' ~ method ~ '_revenue', 'products.total_revenue') }} as {{ method }}_share,
    {%- endfor %}
    cross_sell.cross_sell_product,
    products.first_order_date,
    products.last_order_date,
    advised.advice as marketing_recommendation
from products
cross join customer_base
left join cross_sell on products.product_name = cross_sell.product_name
left join advised on products.product_name = advised.product_name and advised.row_position = 1
