{# The query of a test of the newest week of attribution_drift: the channels with an alarm, warn or error. #}
{% macro drift_alarms(alarm) %}
  {% call test_with_messages() %}
  select
    'the share of ' || attribution_channel || ' in the week from ' || cast(week as varchar(10)) || ' is '
    || cast(cast(100 * credit_share as numeric(5, 1)) as varchar(20)) || ' % by ' || attribution_model || '; expected: '
    || cast(cast(100 * expected_share as numeric(5, 1)) as varchar(20)) || ' %, score '
    || cast(cast(drift_score as numeric(18, 1)) as varchar(20)) || '; allowed: a score within {{ setting('drift_' ~ alarm ~ '_score') }} '
    || '(DBT_DRIFT_{{ alarm | upper }}_SCORE); fix: docs/attribution-models.md, "Drift of the shares"' as message
  from {{ ref('attribution_drift') }}
  where alarm = '{{ alarm }}' and week = (select max(week) from {{ ref('attribution_drift') }})
  {% endcall %}
{% endmacro %}
