{{
    config(
        enabled=source_enabled('touchpoints'),
        sort='week',
        indexes=on_postgres([{'columns': ['week', 'attribution_model', 'attribution_channel'], 'unique': true}]),
    )
}}
{% set models = touch_credit_models() %}
{% set baseline = 'order by week rows between ' ~ setting('drift_baseline_weeks') ~ ' preceding and 1 preceding' %}

with touches as (

    select credits.*, cast({{ dbt.date_trunc('week', 'order_date') }} as date) as week
    from {{ ref('attribution_touch_credits') }} as credits
    where order_date is not null

),

weeks as (

    select week, count(distinct order_id) as conversions
    from touches
    where {{ add_days('week', 6) }} <= {{ analysis_date() }}
    group by week

),

credits as (

    {% for model in models %}
    select
        week, cast('{{ model }}' as varchar(32)) as attribution_model, attribution_channel, sum({{ model }}_credit) as credit
    from touches
    group by week, attribution_channel
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

shares as (

    select
        weeks.week,
        series.attribution_model,
        series.attribution_channel,
        weeks.conversions,
        {{ ratio('coalesce(credits.credit, 0)', 'weeks.conversions') }} as credit_share
    from weeks
    cross join (select distinct attribution_model, attribution_channel from credits) as series
    left join credits
        on weeks.week = credits.week and series.attribution_model = credits.attribution_model
        and series.attribution_channel = credits.attribution_channel

),

compared as (

    select
        shares.*,
        count(*) over (partition by attribution_model, attribution_channel {{ baseline }}) as baseline_weeks,
        avg(credit_share) over (partition by attribution_model, attribution_channel {{ baseline }}) as baseline_share,
        stddev_samp(credit_share) over (partition by attribution_model, attribution_channel {{ baseline }}) as baseline_stddev,
        max(credit_share) over (partition by week, attribution_channel)
        - min(credit_share) over (partition by week, attribution_channel) as model_disagreement
    from shares

),

indexed as (

    select
        compared.*,
        sum(case when baseline_share is not null then
            (greatest(credit_share, 0.0001) - greatest(baseline_share, 0.0001))
            * ln(greatest(credit_share, 0.0001) / greatest(baseline_share, 0.0001))
        end) over (partition by week, attribution_model) as stability_index
    from compared

)

select
    week,
    attribution_model,
    attribution_channel,
    conversions,
    credit_share,
    baseline_share,
    100 * (credit_share - baseline_share) as difference_points,
    case when baseline_stddev > 1e-12 then (credit_share - baseline_share) / baseline_stddev end as z_score,
    stability_index,
    model_disagreement,
    case
        when conversions < {{ setting('drift_min_conversions') }} or baseline_weeks < {{ setting('drift_baseline_weeks') }}
            then 'insufficient'
        when stability_index > 0.25 then 'drift'
        when stability_index >= 0.1 then 'watch'
        else 'stable'
    end as status
from indexed
