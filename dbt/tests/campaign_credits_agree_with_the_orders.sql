{{ config(enabled=ads_enabled() and source_enabled('touchpoints'), tags=['critical', 'integration']) }}

-- In each month, the credits of all campaigns add up to the month's successful orders and their revenue.
with orders as (

    select
        {{ first_of_month('order_date') }} as month,
        count(*) as conversions,
        sum(amount) as revenue
    from {{ ref('orders') }}
    where is_successful and order_date is not null
    group by 1

),

campaigns as (

    select
        month,
        sum(attributed_conversions) as conversions,
        sum(attributed_revenue) as revenue
    from {{ ref('campaign_performance') }}
    group by month

)

select
    coalesce(orders.month, campaigns.month) as month,
    orders.conversions as expected_conversions,
    campaigns.conversions,
    orders.revenue as expected_revenue,
    campaigns.revenue
from orders
full outer join campaigns on orders.month = campaigns.month
where abs(coalesce(orders.conversions, 0) - coalesce(campaigns.conversions, 0)) > 0.000001 * (1 + coalesce(orders.conversions, 0))
    or abs(coalesce(orders.revenue, 0) - coalesce(campaigns.revenue, 0)) > 0.000001 * (1 + coalesce(orders.revenue, 0))
