{{ config(tags=['critical', 'business_logic', 'integration'], enabled=source_enabled('touchpoints')) }}

-- Each of the eight models distributes all successful orders and their revenue, by channel, by month and by campaign.
with orders as (

    select
        count(*) as conversions,
        cast(coalesce(sum(amount), 0) as double precision) as revenue
    from {{ ref('orders') }}
    where is_successful

),

credited as (

    {% for model in ['attribution_by_channel', 'attribution_by_month', 'attribution_by_campaign'] %}
    select
        '{{ model }}' as model,
        attribution_model,
        sum(credited_conversions) as credited_conversions,
        sum(credited_revenue) as credited_revenue
    from {{ ref(model) }}
    group by attribution_model
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select credited.*, count(*) over (partition by model) as attribution_models from credited

)

select
    counted.*,
    orders.conversions,
    orders.revenue
from counted
cross join orders
where counted.attribution_models <> 8
    or abs(counted.credited_conversions - orders.conversions) > 1e-9 * orders.conversions
    or abs(counted.credited_revenue - orders.revenue) > 1e-9 * orders.revenue
