{{ config(enabled=source_enabled('touchpoints')) }}

with pooled as (

    select
        expectations.*,
        (credit_share * conversions + expected_share * baseline_conversions)
        / (conversions + baseline_conversions) as pooled_share,
        1 / conversions + 1 / baseline_conversions as variance_factor
    from {{ ref('int_drift_expectations') }} as expectations

),

-- Pearson's chi-square of the week, divided by its degrees of freedom: about 1 if the shares move by chance alone.
dispersed as (

    select
        pooled.*,
        sum(power(credit_share - expected_share, 2) / nullif(pooled_share * variance_factor, 0))
            over (partition by week, attribution_model)
        / nullif(sum(case when pooled_share > 0 then 1 else 0 end) over (partition by week, attribution_model) - 1, 0)
            as dispersion
    from pooled

),

weeks as (

    select distinct week, week_number, attribution_model, dispersion
    from dispersed

),

usual as (

    select
        now.week,
        now.attribution_model,
        percentile_cont(0.5) within group (order by earlier.dispersion) as dispersion
    from weeks as now
    inner join weeks as earlier
        on now.attribution_model = earlier.attribution_model
        and earlier.week_number between now.week_number - {{ setting('drift_baseline_weeks') }} and now.week_number - 1
    group by now.week, now.attribution_model

)

select
    dispersed.week,
    dispersed.attribution_model,
    dispersed.attribution_channel,
    dispersed.expected_share,
    (dispersed.credit_share - dispersed.expected_share) / nullif(sqrt(
        greatest(dispersed.pooled_share * (1 - dispersed.pooled_share), 0) * dispersed.variance_factor
        * greatest(coalesce(usual.dispersion, 1), 1)
    ), 0) as drift_score
from dispersed
left join usual on dispersed.week = usual.week and dispersed.attribution_model = usual.attribution_model
