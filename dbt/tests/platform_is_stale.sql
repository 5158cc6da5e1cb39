{{ config(enabled=ads_enabled() or source_enabled('google_analytics'), severity='error') }}

{% call test_with_messages() %}
-- A platform's newest day is older than the var platform_freshness_error_days allows, or the platform has no data.
select message from {{ ref('platform_freshness') }} where freshness_status in ('stale', 'missing')
{% endcall %}
