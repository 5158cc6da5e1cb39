{{ config(enabled=source_enabled('sendgrid') or source_enabled('mailchimp'), tags=['email', 'integration']) }}

-- The revenue of e-mail campaigns is that of their orders. No order counts twice, and all orders are successful.
with campaigns as (

    select coalesce(sum(revenue), 0) as revenue, coalesce(sum(conversions), 0) as conversions from {{ ref('email_marketing_metrics') }}

),

orders as (

    select coalesce(sum(orders.amount), 0) as revenue, count(*) as conversions
    from {{ ref('orders') }} as orders
    inner join {{ ref('int_email_orders') }} as email_orders on orders.order_id = email_orders.order_id
    where orders.is_successful

)

select
    campaigns.revenue,
    campaigns.conversions,
    orders.revenue as expected_revenue,
    orders.conversions as expected_conversions
from campaigns
cross join orders
where campaigns.revenue <> orders.revenue or campaigns.conversions <> orders.conversions
