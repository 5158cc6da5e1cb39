{{
    config(
        enabled=source_enabled('touchpoints'),
        sort=['period_month', 'attribution_model'],
        dist='attribution_channel',
        indexes=on_postgres([{'columns': ['period_month', 'attribution_model', 'attribution_channel'], 'unique': true}]),
    )
}}

with months as (

    select * from {{ ref('int_kpi_months') }}

),

credits as (

    select * from {{ ref('attribution_by_month') }}

),

{% if ads_enabled() %}
costs as (

    select * from {{ ref('int_channel_costs') }}

),

{% endif %}
models as (

    select distinct attribution_model from credits

),

channels as (

    select attribution_channel from credits
    {% if ads_enabled() %}
    union
    select attribution_channel from costs
    {% else %}
    group by attribution_channel
    {% endif %}

),

combined as (

    select
        months.period_month,
        models.attribution_model,
        channels.attribution_channel,
        coalesce(credits.credited_conversions, 0) as credited_conversions,
        coalesce(credits.credited_revenue, 0) as credited_revenue,
        {{ 'costs.spend' if ads_enabled() else money('null') }} as spend
    from months
    cross join models
    cross join channels
    left join credits
        on months.period_month = credits.order_month
        and models.attribution_model = credits.attribution_model
        and channels.attribution_channel = credits.attribution_channel
    {% if ads_enabled() %}
    left join costs
        on months.period_month = costs.period_month
        and channels.attribution_channel = costs.attribution_channel
    {% endif %}

),

shared as (

    select
        combined.*,
        {{ rate('credited_revenue', 'sum(credited_revenue) over (partition by period_month, attribution_model)') }} as revenue_share
    from combined

)

select
    period_month,
    cast(attribution_model as varchar(32)) as attribution_model,
    cast(attribution_channel as varchar(64)) as attribution_channel,
    cast(credited_conversions as double precision) as credited_conversions,
    cast(credited_revenue as double precision) as credited_revenue,
    cast(revenue_share as double precision) as revenue_share,
    -- Rounding, so that the spread is exactly 0 if all models agree.
    cast(cast(max(revenue_share) over (partition by period_month, attribution_channel)
        - min(revenue_share) over (partition by period_month, attribution_channel) as numeric(12, 6)) as double precision)
        as model_disagreement,
    spend,
    {{ ratio('credited_revenue', 'spend') }} as roas,
    {{ ratio('spend', 'credited_conversions') }} as cpa
from shared
