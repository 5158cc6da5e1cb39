{{ config(enabled=source_enabled('touchpoints')) }}

with credits as (

    select * from {{ ref('int_attribution_credits') }} where attribution_model = 'linear'

),

effects as (

    select * from {{ ref('markov_removal_effect') }}

),

months as (

    select
        order_month,
        sum(credited_conversions) as conversions,
        sum(credited_revenue) as revenue
    from credits
    where is_touched
    group by order_month

),

channels as (

    select distinct attribution_channel from credits where is_touched

)

select
    cast('markov' as varchar(32)) as attribution_model,
    months.order_month,
    effects.attribution_channel,
    months.conversions * effects.removal_effect_share as credited_conversions,
    months.revenue * effects.removal_effect_share as credited_revenue
from months
cross join effects
inner join channels on effects.attribution_channel = channels.attribution_channel
union all
select
    cast('markov' as varchar(32)) as attribution_model,
    order_month,
    attribution_channel,
    credited_conversions,
    credited_revenue
from credits
where not is_touched
