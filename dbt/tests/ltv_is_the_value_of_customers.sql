{{ config(tags=['ltv', 'critical', 'integration']) }}

-- The customers with a row are the buyers in `customers` who may be profiled, with the same value.
with ltv as (

    select * from {{ ref('customer_ltv') }}

),

customers as (

    select * from {{ ref('customers') }} where successful_orders > 0 and customer_segment <> 'opted_out'

)

select
    coalesce(ltv.customer_id, customers.customer_id) as customer_id,
    ltv.historical_ltv,
    customers.customer_lifetime_value
from customers
full outer join ltv on customers.customer_id = ltv.customer_id
where ltv.customer_id is null
    or customers.customer_id is null
    or ltv.historical_ltv <> customers.customer_lifetime_value
    or ltv.total_orders <> customers.successful_orders
