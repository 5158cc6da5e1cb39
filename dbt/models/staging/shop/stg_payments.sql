with payments as (

    select id, order_id, payment_method, amount from {{ source('dbt_production', 'payments') }}

){% if setting('analysis_date') %},

-- Payments have no date of their own: they count with their order.
later_orders as (

    select id from {{ source('dbt_production', 'orders') }}
    where id is not null and cast(order_date as date) > {{ analysis_date() }}

){% endif %},

cleaned as (

    select
        cast(id as bigint) as payment_id,
        cast(order_id as bigint) as order_id,
        {{ folded_name('payment_method') }} as payment_method,
        amount as amount_cents
    from payments
    {% if setting('analysis_date') %}
    where order_id is null or order_id not in (select later_orders.id from later_orders)
    {% endif %}

)

select
    payment_id,
    order_id,
    payment_method,
    case
        when payment_method = 'credit_card' then 'card'
        when payment_method = 'bank_transfer' then 'bank'
        when payment_method in ('coupon', 'gift_card') then 'promotional'
        else 'unknown'
    end as payment_category,
    {{ money('amount_cents / 100.0') }} as amount,
    amount_cents,
    coalesce(payment_method in ('coupon', 'gift_card'), false) as is_promotional
from cleaned
