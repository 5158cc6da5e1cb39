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

rules as (

    select * from {{ ref('advice_rules') }}

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
        end as channel_classification,
        {{ order_volume('channels.total_orders') }} as order_volume,
        case
            when channels.relative_conversion_rate <= channels.relative_acquisition_rate then 'Conversion'
            else 'Acquisition'
        end as weakest_measure
    from channels
    left join costs on channels.attribution_channel = costs.attribution_channel

),

advised as (

    select
        classified.attribution_channel,
        rules.advice,
        row_number() over (partition by classified.attribution_channel order by rules.priority) as row_position
    from classified
    inner join rules on {{ advice_applies('rules', 'channel', 'classified') }}

)

select
    classified.attribution_channel,
    classified.total_orders,
    classified.total_conversions,
    classified.total_revenue,
    classified.unique_customers,
    classified.new_customers,
    classified.conversion_rate,
    classified.avg_order_value,
    classified.acquisition_rate,
    classified.first_touch_revenue,
    classified.last_touch_revenue,
    {{ rate('classified.promotional_revenue', 'classified.total_revenue') }} as promotional_dependency,
    classified.channel_efficiency_score,
    classified.channel_classification,
    classified.assumed_cost_per_order,
    cast(classified.cost_assumption as varchar(256)) as cost_assumption,
    classified.estimated_cost,
    {{ ratio('classified.estimated_cost', 'classified.new_customers') }} as estimated_cac,
    case
        when classified.is_cost_measured
            then {{ rate('classified.total_revenue - classified.estimated_cost', 'classified.estimated_cost') }}
    end as estimated_roi,
    advised.advice as optimization_recommendation
from classified
left join advised on classified.attribution_channel = advised.attribution_channel and advised.row_position = 1
