{{ config(enabled=source_enabled('touchpoints'), tags=['critical']) }}

{% call test_with_messages() %}
-- A job with another window built the credits, so figures that belong together come from different touches.
select distinct
    'attribution_touch_credits was built with attribution_window_days ' || cast(attribution_window_days as varchar(10))
    || ', this job has {{ setting('attribution_window_days') }}' as message
from {{ ref('attribution_touch_credits') }}
where attribution_window_days <> {{ setting('attribution_window_days') }}
{% endcall %}
