{{ config(enabled=ads_enabled() or source_enabled('google_analytics'), severity='warn') }}

{% call test_with_messages() %}
-- A platform's newest day is older than the var platform_freshness_warn_days allows.
select message from {{ ref('platform_freshness') }} where freshness_status = 'late'
{% endcall %}
