with orders as (

    select * from {{ ref('orders') }}
    where is_successful and order_date is not null and customer_id is not null

),

buyers as (

    select
        customer_id,
        min(order_month) as cohort_month
    from orders
    group by customer_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.product_name,
    orders.amount,
    buyers.cohort_month,
    orders.order_month
from orders
inner join buyers on orders.customer_id = buyers.customer_id
