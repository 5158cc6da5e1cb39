with orders as (

    select * from {{ ref('orders') }}

),

conversions as (

    select * from {{ ref('int_order_conversions') }}

),

products as (

    select product_name, case when abc_category = 'A' then 1 else 0 end as a_share from {{ ref('product_performance') }}

)

select
    orders.order_month as period_month,
    count(*) as all_orders,
    count(case when orders.order_status_group = 'returned' then 1 end) as returned_orders,
    count(case when orders.is_successful then 1 end) as successful_orders,
    {{ money('coalesce(sum(case when orders.is_successful then orders.amount end), 0)') }} as revenue,
    {{ money('coalesce(sum(case when orders.is_successful then orders.promotional_amount end), 0)') }}
        as promotional_revenue,
    {{ money('coalesce(sum(products.a_share * case when orders.is_successful then orders.amount end), 0)') }}
        as a_product_revenue,
    count(case when conversions.is_first_conversion then orders.customer_id end) as new_customers
from orders
inner join conversions on orders.order_id = conversions.order_id
left join products on orders.product_name = products.product_name
group by orders.order_month
