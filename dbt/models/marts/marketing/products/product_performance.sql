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
    case
        when products.total_orders < {{ setting('recommendation_min_orders') }} then 'Wait: too few orders to judge'
        when products.return_rate >= {{ setting('problem_return_rate') }} then 'Fix the cause of returns before promoting'
        when products.lifecycle_stage = 'New' then 'Introduce: show it to buyers of similar products'
        when products.product_status = 'Star' and products.abc_category = 'A' then 'Feature in campaigns and secure stock'
        when products.product_status = 'Star' then 'Raise the campaign budget'
        when products.product_status = 'Cash Cow' then 'Keep loyal buyers with low-cost retention offers'
        when products.product_status = 'Problem' then 'Test with a small campaign while it grows'
        when products.abc_category = 'C' then 'Phase out or sell in bundles'
        else 'Win buyers back with a limited offer'
    end as marketing_recommendation
from products
cross join customer_base
left join cross_sell on products.product_name = cross_sell.product_name
