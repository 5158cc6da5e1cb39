{{ config(tags=['business_logic']) }}

-- The score follows from the three measures in the table itself.
select
    channels.attribution_channel,
    channels.channel_efficiency_score
from {{ ref('marketing_attribution') }} as channels
cross join (
    select
        max(conversion_rate) as conversion_rate,
        max(avg_order_value) as avg_order_value,
        max(acquisition_rate) as acquisition_rate
    from {{ ref('marketing_attribution') }}
) as best
where abs(
        channels.channel_efficiency_score
        - {{ setting('efficiency_weight_conversion') }}
        * coalesce(100 * channels.conversion_rate / nullif(best.conversion_rate, 0), 0)
        - {{ setting('efficiency_weight_order_value') }}
        * coalesce(100 * channels.avg_order_value / nullif(best.avg_order_value, 0), 0)
        - {{ setting('efficiency_weight_acquisition') }}
        * coalesce(100 * channels.acquisition_rate / nullif(best.acquisition_rate, 0), 0)
    ) > 1e-9
