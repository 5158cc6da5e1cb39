{{
    config(
        enabled=source_enabled('touchpoints'),
        indexes=on_postgres([{'columns': ['attribution_model', 'attribution_channel', 'campaign_id'], 'unique': true}]),
    )
}}

with credits as (

    select * from {{ ref('int_attribution_credits') }}

),

markov as (

    select * from {{ ref('int_markov_credits') }}

),

campaigns as (

    select
        attribution_model,
        attribution_channel,
        campaign_id,
        sum(credited_conversions) as credited_conversions,
        sum(credited_revenue) as credited_revenue
    from credits
    group by attribution_model, attribution_channel, campaign_id

),

markov_channels as (

    select
        attribution_model,
        attribution_channel,
        sum(credited_conversions) as credited_conversions,
        sum(credited_revenue) as credited_revenue
    from markov
    group by attribution_model, attribution_channel

),

-- The Markov chain has channels only. The campaigns of a channel share its credit as in the linear model. A channel
-- without linear credit is in no journey to an order, so its credit belongs to no campaign.
linear_shares as (

    select
        attribution_channel,
        campaign_id,
        {{ ratio('credited_conversions', 'sum(credited_conversions) over (partition by attribution_channel)') }} as share
    from campaigns
    where attribution_model = 'linear'

)

select * from campaigns
union all
select
    markov_channels.attribution_model,
    markov_channels.attribution_channel,
    linear_shares.campaign_id,
    markov_channels.credited_conversions * coalesce(linear_shares.share, 1),
    markov_channels.credited_revenue * coalesce(linear_shares.share, 1)
from markov_channels
left join linear_shares on markov_channels.attribution_channel = linear_shares.attribution_channel
