{{ config(enabled=source_enabled('touchpoints')) }}

with orders as (

    select * from {{ ref('orders') }}

),

consent as (

    select * from {{ ref('int_customer_consent') }}

),

conversions as (

    select
        orders.*,
        not coalesce(consent.may_be_profiled, true) as is_opted_out
    from orders
    left join consent on orders.customer_id = consent.customer_id
    where orders.is_successful

)

select
    order_id,
    case when not is_opted_out then {{ customer_key('customer_id') }} end as customer_key,
    order_date,
    amount as revenue,
    lag(order_date) over (partition by customer_id order by order_date nulls last, order_id) as previous_conversion_date,
    is_opted_out
from conversions
