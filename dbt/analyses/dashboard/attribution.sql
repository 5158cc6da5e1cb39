{{ config(enabled=source_enabled('touchpoints')) }}
{# The remaining channels, and those of few conversions, share one row. #}
{% set most_channels = 8 %}

with credits as (

    select * from {{ ref('attribution_by_channel') }}

),

channels as (

    select
        attribution_channel,
        max(credited_conversions) as most_conversions,
        rank() over (order by sum(credited_revenue) desc, attribution_channel) as channel_rank
    from credits
    where attribution_channel <> '{{ setting('unattributed_channel') }}'
    group by attribution_channel

),

shown as (

    select attribution_channel, channel_rank
    from channels
    where channel_rank <= {{ most_channels }} and {{ is_not_small('most_conversions') }}

),

named as (

    select
        credits.attribution_model,
        case
            when shown.attribution_channel is null and channels.attribution_channel is not null then 'other channels'
            else credits.attribution_channel
        end as attribution_channel,
        case when channels.attribution_channel is not null then coalesce(shown.channel_rank, {{ most_channels + 1 }}) end
            as channel_rank,
        credits.credited_conversions,
        credits.credited_revenue
    from credits
    left join channels on credits.attribution_channel = channels.attribution_channel
    left join shown on credits.attribution_channel = shown.attribution_channel

),

summed as (

    select
        attribution_model,
        attribution_channel,
        min(channel_rank) as channel_rank,
        sum(credited_conversions) as credited_conversions,
        sum(credited_revenue) as credited_revenue
    from named
    group by attribution_model, attribution_channel

)

-- Revenue without touches has no rank and comes last.
select
    attribution_model,
    attribution_channel,
    channel_rank,
    credited_conversions,
    credited_revenue,
    {{ rate('credited_revenue', 'sum(credited_revenue) over (partition by attribution_model)') }} as revenue_share
from summed
order by channel_rank nulls last, attribution_model
