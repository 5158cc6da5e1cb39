{{ config(enabled=setting('incremental') and source_enabled('google_analytics'), severity=setting('data_fault_severity')) }}
{% set columns = ['date_day', 'attribution_channel', 'campaign_id', 'sessions', 'engaged_sessions', 'key_events'] %}

{% call test_with_messages() %}
-- Reports of days that arrived or changed after the batches of microbatch_lookback.
{{ late_rows(
    'web_sessions',
    'select ' ~ columns | join(', ') ~ ' from ' ~ ref('stg_google_analytics_sessions'),
    columns,
    'date_day',
) }}
{% endcall %}
