with orders as (

    select * from {{ ref('orders') }}

),

buyers as (

    select
        customer_id,
        min(order_sequence_number) as first_number,
        max(order_sequence_number) as last_number
    from orders
    where is_successful
    group by customer_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.product_name,
    orders.order_status_group,
    orders.is_successful,
    orders.has_promotional_payment,
    orders.credit_card_amount,
    orders.coupon_amount,
    orders.bank_transfer_amount,
    orders.gift_card_amount,
    orders.promotional_amount,
    orders.amount,
    orders.is_successful
    and (orders.customer_id is null or orders.order_sequence_number = buyers.first_number) as is_first_conversion,
    orders.is_successful
    and (orders.customer_id is null or orders.order_sequence_number = buyers.last_number) as is_last_conversion
from orders
left join buyers on orders.customer_id = buyers.customer_id
