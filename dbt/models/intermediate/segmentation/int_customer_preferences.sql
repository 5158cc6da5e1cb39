with orders as (

    select * from {{ ref('orders') }}
    where is_successful

),

payments as (

    select * from {{ ref('stg_payments') }}

),

products as (

    select
        customer_id,
        product_name,
        row_number() over (
            partition by customer_id
            order by count(*) desc, sum(amount) desc, {{ byte_order('product_name') }}
        ) as row_position
    from orders
    where product_name is not null
    group by customer_id, product_name

),

methods as (

    select
        orders.customer_id,
        payments.payment_method,
        row_number() over (
            partition by orders.customer_id
            order by count(*) desc, sum(payments.amount) desc, {{ byte_order('payments.payment_method') }}
        ) as row_position
    from payments
    inner join orders on payments.order_id = orders.order_id
    where payments.payment_method is not null
    group by orders.customer_id, payments.payment_method

),

spending as (

    select
        customer_id,
        sum(amount) as total_revenue,
        sum(promotional_amount) as promotional_revenue
    from orders
    where customer_id is not null
    group by customer_id

)

select
    spending.customer_id,
    products.product_name as favorite_product,
    methods.payment_method as preferred_payment_method,
    {{ rate('spending.promotional_revenue', 'spending.total_revenue') }} as promotional_spend_ratio
from spending
left join products on spending.customer_id = products.customer_id and products.row_position = 1
left join methods on spending.customer_id = methods.customer_id and methods.row_position = 1
