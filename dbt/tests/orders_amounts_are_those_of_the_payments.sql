{{ config(tags=['critical', 'integration']) }}

-- No payment counts twice and none is lost: the orders' amounts add up to the payments of those orders.
with paid as (

    select {{ money('coalesce(sum(amount), 0)') }} as amount
    from {{ ref('stg_payments') }} as payments
    where payments.order_id in (select orders.order_id from {{ ref('stg_orders') }} as orders)

),

ordered as (

    select {{ money('coalesce(sum(amount), 0)') }} as amount from {{ ref('orders') }}

)

select
    paid.amount as paid_amount,
    ordered.amount as ordered_amount
from paid
cross join ordered
where paid.amount <> ordered.amount
