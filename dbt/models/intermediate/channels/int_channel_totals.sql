with orders as (

    select * from {{ ref('int_order_channels') }}

),

channels as (

    select
        attribution_channel,
        count(*) as total_orders,
        count(case when is_successful then 1 end) as total_conversions,
        count(distinct case when is_successful then customer_id end) as unique_customers,
        count(case when is_first_conversion then customer_id end) as new_customers,
        sum(case when is_successful then amount else 0 end) as total_revenue,
        sum(case when is_successful then promotional_amount else 0 end) as promotional_revenue
    from orders
    group by attribution_channel

),

-- An order without a customer is its own group.
customers as (

    select
        max(case when is_first_conversion then attribution_channel end) as first_touch_channel,
        max(case when is_last_conversion then attribution_channel end) as last_touch_channel,
        sum(amount) as revenue
    from orders
    where is_successful
    group by customer_id, case when customer_id is null then order_id end

),

first_touch as (

    select first_touch_channel, sum(revenue) as revenue from customers group by first_touch_channel

),

last_touch as (

    select last_touch_channel, sum(revenue) as revenue from customers group by last_touch_channel

)

select
    channels.attribution_channel,
    channels.total_orders,
    channels.total_conversions,
    channels.unique_customers,
    channels.new_customers,
    {{ money('channels.total_revenue') }} as total_revenue,
    {{ money('channels.promotional_revenue') }} as promotional_revenue,
    {{ money('coalesce(first_touch.revenue, 0)') }} as first_touch_revenue,
    {{ money('coalesce(last_touch.revenue, 0)') }} as last_touch_revenue
from channels
left join first_touch on channels.attribution_channel = first_touch.first_touch_channel
left join last_touch on channels.attribution_channel = last_touch.last_touch_channel
