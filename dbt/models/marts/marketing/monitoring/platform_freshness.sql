{{ config(enabled=ads_enabled() or source_enabled('google_analytics')) }}
{% set own_tables = platforms_with_own_table() %}
{% if source_enabled('google_analytics') %}{% do own_tables.append('google_analytics') %}{% endif %}

with days as (

    {% if ads_enabled() %}
    select platform, date_day from {{ ref('fct_ad_performance') }}
    {{ 'union all' if source_enabled('google_analytics') }}
    {% endif %}
    {% if source_enabled('google_analytics') %}
    select cast('google_analytics' as varchar(64)) as platform, date_day from {{ ref('web_sessions') }}
    {% endif %}

),

reported as (

    select
        platform,
        min(date_day) as first_day,
        max(date_day) as last_day
    from days
    group by platform

),

expected as (

    select platform from reported
    {% for platform in own_tables %}
    union
    select cast('{{ platform }}' as varchar(64)) as platform
    {% endfor %}

),

lags as (

    select
        expected.platform,
        expected.platform in ('{{ own_tables | join("', '") }}') as has_own_table,
        reported.first_day,
        reported.last_day,
        {{ days_between('reported.last_day', analysis_date()) }} as lag_days
    from expected
    left join reported on expected.platform = reported.platform

),

judged as (

    select
        lags.*,
        case
            when last_day is null then 'missing'
            {% for platform, end in setting('platform_ends').items() %}
            when platform = '{{ platform }}' and last_day >= cast('{{ end }}' as date) then 'retired'
            {% endfor %}
            when lag_days > {{ setting('platform_retired_days') }} and not has_own_table then 'retired'
            when lag_days > {{ limit_of('platform', 'platform_freshness_error_days') }} then 'stale'
            when lag_days > {{ limit_of('platform', 'platform_freshness_warn_days') }} then 'late'
            else 'fresh'
        end as freshness_status
    from lags

)

select
    platform,
    first_day,
    last_day,
    lag_days,
    freshness_status,
    case
        when freshness_status = 'missing' then platform || ' has no data at all'
        when freshness_status in ('late', 'stale') then platform || ' has no data after ' || cast(last_day as varchar(10))
            || ', ' || cast(lag_days as varchar(10)) || ' days before analysis_date'
    end as message
from judged
