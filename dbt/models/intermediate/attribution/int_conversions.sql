{{ config(enabled=source_enabled('touchpoints')) }}

with orders as (

    select * from {{ ref('orders') }}

)

select
    order_id,
    customer_id,
    order_date,
    amount as revenue,
    lag(order_date) over (partition by customer_id order by order_date nulls last, order_id) as previous_conversion_date
from orders
where is_successful
