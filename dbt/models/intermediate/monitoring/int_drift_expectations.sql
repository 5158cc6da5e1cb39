{{ config(enabled=source_enabled('touchpoints')) }}
{% set weeks = setting('drift_baseline_weeks') %}

with parts as (

    select * from {{ ref('int_drift_parts') }}

),

baseline as (

    select
        now.week,
        now.week_number,
        now.month_part,
        now.attribution_model,
        now.attribution_channel,
        cast(now.conversions as double precision) as conversions,
        now.credit,
        cast(sum(earlier.conversions) as double precision) / {{ weeks }} as conversions_of_a_week,
        sum(earlier.credit) / {{ weeks }} as credit_of_a_week,
        cast(sum(case when earlier.month_part = now.month_part then earlier.conversions else 0 end) as double precision)
            as conversions_of_the_part,
        sum(case when earlier.month_part = now.month_part then earlier.credit else 0 end) as credit_of_the_part
    from parts as now
    inner join parts as earlier
        on now.attribution_model = earlier.attribution_model
        and now.attribution_channel = earlier.attribution_channel
        and earlier.week_number between now.week_number - {{ weeks }} and now.week_number - 1
    group by
        now.week, now.week_number, now.month_part, now.attribution_model, now.attribution_channel,
        now.conversions, now.credit

)

-- One average week is added to the earlier days of a part, because these days are few.
select
    week,
    week_number,
    attribution_model,
    attribution_channel,
    sum(conversions) as conversions,
    sum(credit) / sum(conversions) as credit_share,
    sum(conversions * (credit_of_the_part + credit_of_a_week) / (conversions_of_the_part + conversions_of_a_week))
    / sum(conversions) as expected_share,
    power(sum(conversions), 2)
    / sum(power(conversions, 2) / (conversions_of_the_part + conversions_of_a_week)) as baseline_conversions
from baseline
group by week, week_number, attribution_model, attribution_channel
