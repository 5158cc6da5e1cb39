{{ config(tags=['critical', 'business_logic']) }}

-- Revenue by the order's channel, by first touch and by last touch each add up to the revenue of the successful orders.
with orders as (

    select
        count(*) as orders,
        count(case when is_successful then 1 end) as conversions,
        {{ money('coalesce(sum(case when is_successful then amount end), 0)') }} as revenue
    from {{ ref('int_order_amounts') }}

),

channels as (

    select
        coalesce(sum(total_orders), 0) as orders,
        coalesce(sum(total_conversions), 0) as conversions,
        {{ money('coalesce(sum(total_revenue), 0)') }} as revenue,
        {{ money('coalesce(sum(first_touch_revenue), 0)') }} as first_touch_revenue,
        {{ money('coalesce(sum(last_touch_revenue), 0)') }} as last_touch_revenue
    from {{ ref('marketing_attribution') }}

)

select
    orders.orders as expected_orders,
    orders.conversions as expected_conversions,
    orders.revenue as expected_revenue,
    channels.*
from orders
cross join channels
where orders.orders <> channels.orders
    or orders.conversions <> channels.conversions
    or orders.revenue <> channels.revenue
    or orders.revenue <> channels.first_touch_revenue
    or orders.revenue <> channels.last_touch_revenue
