{{
    config(
        enabled=source_enabled('touchpoints'),
        sort='week',
        indexes=on_postgres([{'columns': ['week', 'attribution_model', 'attribution_channel'], 'unique': true}]),
    )
}}
{% set baseline = 'order by week rows between ' ~ setting('drift_baseline_weeks') ~ ' preceding and 1 preceding' %}

with shares as (

    select
        week,
        attribution_model,
        attribution_channel,
        cast(sum(conversions) as bigint) as conversions,
        {{ ratio('sum(credit)', 'sum(conversions)') }} as credit_share
    from {{ ref('int_drift_parts') }}
    group by week, attribution_model, attribution_channel

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
        conversions >= {{ setting('drift_min_conversions') }}
        and baseline_weeks = {{ setting('drift_baseline_weeks') }} as is_judged,
        sum(case when baseline_share is not null then
            (greatest(credit_share, 0.0001) - greatest(baseline_share, 0.0001))
            * ln(greatest(credit_share, 0.0001) / greatest(baseline_share, 0.0001))
        end) over (partition by week, attribution_model) as stability_index
    from compared

)

select
    indexed.week,
    indexed.attribution_model,
    indexed.attribution_channel,
    indexed.conversions,
    indexed.credit_share,
    indexed.baseline_share,
    100 * (indexed.credit_share - indexed.baseline_share) as difference_points,
    case when indexed.baseline_stddev > 1e-12 then
        (indexed.credit_share - indexed.baseline_share) / indexed.baseline_stddev
    end as z_score,
    indexed.stability_index,
    indexed.model_disagreement,
    case
        when not indexed.is_judged then 'insufficient'
        when indexed.stability_index > 0.25 then 'drift'
        when indexed.stability_index >= 0.1 then 'watch'
        else 'stable'
    end as status,
    scores.expected_share,
    scores.drift_score,
    case
        when not indexed.is_judged then 'none'
        when abs(indexed.credit_share - scores.expected_share) < {{ setting('drift_min_points') }} / 100.0 then 'none'
        {% if setting('drift_error_score') | float > 0 %}
        when abs(scores.drift_score) >= {{ setting('drift_error_score') }} then 'error'
        {% endif %}
        when abs(scores.drift_score) >= {{ setting('drift_warn_score') }} then 'warn'
        else 'none'
    end as alarm
from indexed
left join {{ ref('int_drift_scores') }} as scores
    on indexed.week = scores.week and indexed.attribution_model = scores.attribution_model
    and indexed.attribution_channel = scores.attribution_channel
