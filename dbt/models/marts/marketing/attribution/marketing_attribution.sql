{{
    config(
        sort='attribution_channel',
        dist='attribution_channel',
        indexes=on_postgres([{'columns': ['attribution_channel'], 'unique': true}]),
    )
}}

with channels as (

    select * from {{ ref('int_channel_efficiency') }}

),

costs as (

    select * from {{ ref('channel_costs') }}

),

classified as (

    select
        channels.*,
        {{ money('channels.total_conversions * costs.assumed_cost_per_order') }} as estimated_cost,
        -- Rounding, so that a score of exactly 80 does not fall below 80 by the last bit of a double.
        case
            when cast(channels.channel_efficiency_score as numeric(12, 6)) >= 80 then 'High Performer'
            when cast(channels.channel_efficiency_score as numeric(12, 6)) >= 60 then 'Moderate'
            else 'Underperformer'
        end as channel_classification,
        case
            when relative_conversion_rate <= relative_avg_order_value
                and relative_conversion_rate <= relative_acquisition_rate then 'conversion'
            when relative_avg_order_value <= relative_acquisition_rate then 'order value'
            else 'acquisition'
        end as weakest_measure
    from channels
    left join costs on channels.attribution_channel = costs.attribution_channel

)

select
    attribution_channel,
    total_orders,
    total_conversions,
    total_revenue,
    unique_customers,
    new_customers,
    conversion_rate,
    avg_order_value,
    acquisition_rate,
    first_touch_revenue,
    last_touch_revenue,
    {{ rate('promotional_revenue', 'total_revenue') }} as promotional_dependency,
    channel_efficiency_score,
    channel_classification,
    estimated_cost,
    {{ ratio('estimated_cost', 'new_customers') }} as estimated_cac,
    {{ rate('total_revenue - estimated_cost', 'estimated_cost') }} as estimated_roi,
    case
        when channel_classification = 'High Performer' then 'Raise the budget step by step'
        when weakest_measure = 'conversion' then 'Raise conversion: check placed and returned orders'
        when weakest_measure = 'order value' then 'Raise order value: bundles and minimum order offers'
        else 'Win new customers: widen the audience'
    end as optimization_recommendation
from classified
