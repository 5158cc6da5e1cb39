{{ config(enabled=setting('incremental') and source_enabled('touchpoints'), severity=setting('data_fault_severity')) }}
{% set columns = ['touchpoint_id', 'customer_key', 'touched_at', 'touched_on', 'attribution_channel', 'campaign_id'] %}

{% call test_with_messages() %}
-- Touches that arrived, changed or went after the batches of microbatch_lookback.
{{ late_rows(
    'touchpoints',
    'select ' ~ columns | join(', ') | replace('customer_key', customer_key('customer_id') ~ ' as customer_key')
        ~ ' from ' ~ ref('stg_touchpoints') ~ ' where touched_at is not null',
    columns,
    'cast(touched_at as date)',
) }}
{% endcall %}
