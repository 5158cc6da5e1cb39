with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

payments as (

    select * from {{ ref('stg_payments') }}

),

paid as (

    select
        order_id,
        {{ money('sum(amount)') }} as order_amount
    from payments
    group by order_id

),

numbered as (

    select
        orders.*,
        paid.order_amount,
        row_number() over (
            partition by orders.customer_id
            order by orders.order_date nulls last, orders.order_id
        ) as customer_order_number
    from orders
    left join paid on orders.order_id = paid.order_id

),

valued as (

    select
        numbered.*,
        sum(case when order_status_group = 'successful' then order_amount end) over (
            partition by customer_id
            order by customer_order_number
            rows between unbounded preceding and current row
        ) as cumulative_customer_value
    from numbered

),

customer_successes as (

    select
        customers.customer_id,
        count(orders.order_id) as successful_orders,
        {{ days_between('max(orders.order_date)', analysis_date()) }} as days_since_last_success
    from customers
    left join orders on customers.customer_id = orders.customer_id and orders.order_status_group = 'successful'
    group by customers.customer_id

)

select
    customer_successes.customer_id,
    valued.order_id,
    payments.payment_id,
    valued.order_date,
    valued.status,
    valued.order_status_group,
    valued.product_name,
    payments.payment_method,
    payments.payment_category,
    payments.is_promotional,
    {{ money('coalesce(payments.amount, 0)') }} as amount,
    {{ money('coalesce(valued.order_amount, 0)') }} as order_amount,
    cast(valued.customer_order_number as integer) as customer_order_number,
    {{ money('coalesce(valued.cumulative_customer_value, 0)') }} as cumulative_customer_value,
    {{ customer_lifecycle_stage('customer_successes.successful_orders', 'customer_successes.days_since_last_success') }}
        as customer_lifecycle_stage
from customer_successes
left join valued on customer_successes.customer_id = valued.customer_id
left join payments on valued.order_id = payments.order_id
