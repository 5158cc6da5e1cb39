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

)

select
    cast('markov' as varchar(32)) as attribution_model,
    months.order_month,
    effects.attribution_channel,
    months.conversions * effects.removal_effect_share as credited_conversions,
    months.revenue * effects.removal_effect_share as credited_revenue
from months
cross join effects
-- A channel without effect gets no row. Its effect can differ from 0 by the last bits of a double.
where effects.removal_effect > 0.000000000001
union all
select
    cast('markov' as varchar(32)) as attribution_model,
    order_month,
    attribution_channel,
    credited_conversions,
    credited_revenue
from credits
where not is_touched
