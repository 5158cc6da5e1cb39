with orders as (

    select
        customer_id,
        product_name,
        amount,
        promotional_amount,
        payment_count,
        {{ day_of_week('order_date') }} in (0, 6) as is_weekend,
        has_promotional_payment,
        row_number() over (partition by customer_id order by order_date nulls last, order_id) as success_number
    from {{ ref('orders') }}
    where is_successful and customer_id is not null

)

select
    customer_id,
    cast(count(*) as integer) as orders,
    cast(count(distinct product_name) as integer) as products,
    cast(sum(case when is_weekend then 1 else 0 end) as integer) as weekend_orders,
    cast(sum(case when has_promotional_payment then 1 else 0 end) as integer) as promotional_orders,
    {{ money('sum(case when success_number = 1 then amount end)') }} as first_order_amount,
    sum(case when success_number = 1 then {{ rate('promotional_amount', 'amount') }} end)
        as first_order_promotional_rate,
    max(case when success_number = 1 then case when is_weekend then 1 else 0 end end) as first_order_on_weekend,
    max(case when success_number = 1 then payment_count end) as first_order_payments
from orders
group by customer_id
