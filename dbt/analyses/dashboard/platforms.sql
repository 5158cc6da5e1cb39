{{ config(enabled=ads_enabled() or source_enabled('google_analytics')) }}

select
    platform,
    last_day,
    freshness_status
from {{ ref('platform_freshness') }}
where freshness_status <> 'retired'
order by last_day asc nulls first, platform asc
