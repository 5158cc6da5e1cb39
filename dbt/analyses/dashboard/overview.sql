with summary as (

    select * from {{ ref('executive_summary') }}

),

invocations as (

    select * from {{ source('audit', 'dbt_invocations') }}

),

newest_order as (

    select max(order_date) as newest_order_on from {{ ref('orders') }}

),

last_build as (

    select max(ended_at) as built_at
    from invocations
    where command like '% build%' or command like '% run%'

),

standing as (

    select
        max(data_until) as data_until,
        max(period_month) as period_month,
        sum(case when status = 'on_track' then 1 else 0 end) as on_track,
        sum(case when status = 'at_risk' then 1 else 0 end) as at_risk,
        sum(case when status = 'off_track' then 1 else 0 end) as off_track
    from summary

)

select
    '{{ target.name }}' as target_name,
    '{{ generate_schema_name(none, none) }}' as target_schema,
    '{{ optional_sources() | join(",") }}' as optional_sources,
    '{{ setting('reporting_currency') }}' as reporting_currency,
    {{ "'" ~ setting('analysis_date') ~ "'" if setting('analysis_date') else 'cast(null as varchar(10))' }} as analysis_date,
    {{ setting('freshness_max_age_days') }} as freshness_max_age_days,
    newest_order.newest_order_on,
    standing.data_until,
    standing.period_month,
    standing.on_track,
    standing.at_risk,
    standing.off_track,
    last_build.built_at
from standing
cross join newest_order
cross join last_build
