-- Two orders on one day are one purchase. Everything about lifetime value reads the customers of this model, so that
-- it leaves out everybody who may not be profiled.
with orders as (

    select orders.*
    from {{ ref('orders') }} as orders
    inner join {{ ref('int_customer_consent') }} as consent
        on orders.customer_id = consent.customer_id and consent.may_be_profiled
    where orders.is_successful

)

select
    customer_id,
    order_date as purchase_date,
    count(*) as orders,
    {{ money('sum(amount)') }} as revenue
from orders
group by customer_id, order_date
