{{ config(tags=['critical', 'business_logic']) }}

with orders as (

    select
        count(*) as orders,
        {{ money('coalesce(sum(case when is_successful then amount end), 0)') }} as revenue,
        {{ money("coalesce(sum(case when order_status_group = 'returned' then amount end), 0)") }} as returned
    from {{ ref('int_order_amounts') }}

),

products as (

    select
        coalesce(sum(total_orders), 0) as orders,
        {{ money('coalesce(sum(total_revenue), 0)') }} as revenue,
        {{ money('coalesce(sum(returned_amount), 0)') }} as returned
    from {{ ref('product_performance') }}

)

select
    orders.orders as expected_orders,
    products.orders,
    orders.revenue as expected_revenue,
    products.revenue,
    orders.returned as expected_returned,
    products.returned
from orders
cross join products
where orders.orders <> products.orders
    or orders.revenue <> products.revenue
    or orders.returned <> products.returned
