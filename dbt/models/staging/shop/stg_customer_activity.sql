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
        coalesce(paid.order_amount, 0) as order_amount,
        row_number() over (
            partition by orders.customer_id
            order by orders.order_date nulls last, orders.order_id
        ) as customer_order_number,
        sum(case when orders.order_status_group = 'successful' then coalesce(paid.order_amount, 0) else 0 end) over (
            partition by orders.customer_id
            order by orders.order_date nulls last, orders.order_id
            rows between unbounded preceding and current row
        ) as cumulative_customer_value
    from orders
    left join paid on orders.order_id = paid.order_id

),

successes as (

    select
        customer_id,
        count(*) as successful_orders,
        {{ days_between('max(order_date)', analysis_date()) }} as days_since_last_success
    from orders
    where order_status_group = 'successful'
    group by customer_id

)

select
    customers.customer_id,
    numbered.order_id,
    payments.payment_id,
    numbered.order_date,
    numbered.status,
    numbered.order_status_group,
    numbered.product_name,
    payments.payment_method,
    payments.payment_category,
    payments.is_promotional,
    {{ money('coalesce(payments.amount, 0)') }} as amount,
    {{ money('coalesce(numbered.order_amount, 0)') }} as order_amount,
    cast(numbered.customer_order_number as integer) as customer_order_number,
    {{ money('coalesce(numbered.cumulative_customer_value, 0)') }} as cumulative_customer_value,
    {{ customer_lifecycle_stage('coalesce(successes.successful_orders, 0)', 'successes.days_since_last_success') }}
        as customer_lifecycle_stage
from customers
left join numbered on customers.customer_id = numbered.customer_id
left join payments on numbered.order_id = payments.order_id
left join successes on customers.customer_id = successes.customer_id
