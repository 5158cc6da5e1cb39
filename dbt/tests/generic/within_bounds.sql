{#
  Fails for each value of a source's column below `least` or above `most`, which are SQL. The message has the key, the value
  and the bounds. A missing value does not fail.
#}
{% test within_bounds(model, column_name, least, most, unit='', key='id') %}
  {% set bounds = [least, most] | map('string') | map('replace', "cast('", '') | map('replace', "' as date)", '') | join(' to ') %}
  {% call test_with_messages() %}
  select
    '{{ model.schema }}.{{ model.identifier }}, {{ key }} ' || coalesce(cast({{ key }} as varchar(64)), 'null') || ': {{ column_name }} is '
    || cast({{ column_name }} as varchar(64)) || '; allowed: {{ bounds }}{{ ' ' ~ unit if unit }}; fix: correct the row in the source' as message
  from {{ model }}
  where {{ column_name }} < {{ least }} or {{ column_name }} > {{ most }}
  {% endcall %}
{% endtest %}
