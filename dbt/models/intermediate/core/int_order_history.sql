with orders as (

    select * from {{ ref('int_order_amounts') }}

),

numbered as (

    select
        orders.*,
        row_number() over (partition by customer_id order by order_date nulls last, order_id) as row_position,
        lag(order_date) over (partition by customer_id order by order_date nulls last, order_id) as previous_order_date
    from orders

)

select
    order_id,
    customer_id,
    order_date,
    order_month,
    status,
    order_status_group,
    is_successful,
    product_name,
    credit_card_amount,
    coupon_amount,
    bank_transfer_amount,
    gift_card_amount,
    amount,
    promotional_amount,
    has_promotional_payment,
    payment_count,
    cast(case when customer_id is not null then row_position end as integer) as order_sequence_number,
    customer_id is not null and row_position = 1 as is_first_order,
    case when customer_id is not null then {{ days_between('previous_order_date', 'order_date') }} end
        as days_since_previous_order
from numbered
