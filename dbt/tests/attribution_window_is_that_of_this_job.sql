{{ config(enabled=source_enabled('touchpoints'), tags=['critical']) }}

{% call test_with_messages() %}
-- The credits were built by a job with another window, so that figures that belong together rest on different touches.
select distinct
    'attribution_touch_credits was built with attribution_window_days ' || cast(attribution_window_days as varchar(10))
    || ', this job has {{ setting('attribution_window_days') }}' as message
from {{ ref('attribution_touch_credits') }}
where attribution_window_days <> {{ setting('attribution_window_days') }}
{% endcall %}
