{% set methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] %}

with orders as (

    select * from {{ ref('stg_orders') }}

),

payments as (

    select * from {{ ref('stg_payments') }}

),

amounts as (

    select
        order_id,
        count(*) as payment_count,
        sum(amount) as amount,
        {%- for method in methods %}
        sum(case when payment_method = '{{ method }}' then amount else 0 end) as {{ method }}_amount,
        {%- endfor %}
        sum(case when is_promotional then amount else 0 end) as promotional_amount,
        max(case when is_promotional then 1 else 0 end) as promotional_payment
    from payments
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.order_month,
    orders.is_weekend,
    orders.status,
    orders.order_status_group,
    orders.order_status_group = 'successful' as is_successful,
    orders.product_name,
    cast(coalesce(amounts.payment_count, 0) as integer) as payment_count,
    {{ money('coalesce(amounts.amount, 0)') }} as amount,
    {%- for method in methods %}
    {{ money('coalesce(amounts.' ~ method ~ '_amount, 0)') }} as {{ method }}_amount,
    {%- endfor %}
    {{ money('coalesce(amounts.promotional_amount, 0)') }} as promotional_amount,
    coalesce(amounts.promotional_payment, 0) = 1 as has_promotional_payment
from orders
left join amounts on orders.order_id = amounts.order_id
