{{
    config(
        sort='customer_id',
        dist='customer_id',
        indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}]),
    )
}}

with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('orders') }}

),

rfm as (

    select * from {{ ref('int_customer_rfm') }}

),

histories as (

    select
        customer_id,
        min(order_date) as first_order,
        max(order_date) as most_recent_order,
        count(*) as number_of_orders,
        sum(amount) as total_spend,
        sum(case when order_status_group = 'returned' then amount else 0 end) as returned_amount
    from orders
    group by customer_id

),

metrics as (

    select
        customers.*,
        histories.first_order,
        histories.most_recent_order,
        {{ days_between('histories.most_recent_order', analysis_date()) }} as days_since_last_order,
        {{ months_between('histories.first_order', analysis_date()) }} + 1 as months_as_customer,
        cast(coalesce(histories.number_of_orders, 0) as integer) as number_of_orders,
        coalesce(rfm.frequency, 0) as successful_orders,
        {{ money('coalesce(rfm.monetary, 0)') }} as customer_lifetime_value,
        {{ money('coalesce(histories.total_spend, 0)') }} as total_spend,
        {{ money('coalesce(histories.returned_amount, 0)') }} as returned_amount,
        rfm.recency as days_since_last_success,
        coalesce(rfm.customer_segment, 'prospect') as customer_segment
    from customers
    left join histories on customers.customer_id = histories.customer_id
    left join rfm on customers.customer_id = rfm.customer_id

)

select
    customer_id,
    first_name,
    last_name,
    first_order,
    most_recent_order,
    days_since_last_order,
    number_of_orders,
    successful_orders,
    successful_orders >= 2 as is_repeat_customer,
    {{ ratio('number_of_orders', 'months_as_customer') }} as orders_per_month,
    customer_lifetime_value,
    {{ ratio('customer_lifetime_value', 'successful_orders') }} as average_order_value,
    total_spend,
    returned_amount,
    customer_segment,
    {{ customer_lifecycle_stage('successful_orders', 'days_since_last_success') }} as customer_lifecycle_stage
from metrics
