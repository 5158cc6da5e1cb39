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
        costs.assumed_cost_per_order,
        costs.assumption as cost_assumption,
        costs.is_measured as is_cost_measured,
        {{ money('channels.total_conversions * costs.assumed_cost_per_order') }} as estimated_cost,
        -- Rounding, so that a score of exactly 80 does not fall below 80 by the last bit of a double.
        case
            when cast(channels.channel_efficiency_score as numeric(12, 6)) >= 80 then 'High Performer'
            when cast(channels.channel_efficiency_score as numeric(12, 6)) >= 60 then 'Moderate'
            else 'Underperformer'
        end as channel_classification
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
    assumed_cost_per_order,
    cast(cost_assumption as varchar(256)) as cost_assumption,
    estimated_cost,
    {{ ratio('estimated_cost', 'new_customers') }} as estimated_cac,
    case when is_cost_measured then {{ rate('total_revenue - estimated_cost', 'estimated_cost') }} end as estimated_roi,
    -- No advice about order values: a rule puts orders of high value in Email Marketing, so the others have low values.
    case
        when total_orders < {{ setting('recommendation_min_orders') }} then 'Wait: too few orders to judge'
        when channel_classification = 'High Performer' then 'Confirm the effect with a holdout test before a new budget'
        when relative_conversion_rate <= relative_acquisition_rate then 'Raise conversion: check placed and returned orders'
        else 'Win new customers: widen the audience'
    end as optimization_recommendation
from classified
