{#
  Fails for each value of a source's column below `least` or above `most`, which are SQL. `number` is the SQL of the value, by
  default the column; for a number in a text it is the cast. `keys` are the columns that name the row. The message has the keys, the
  value and the bounds. A missing value does not fail.
#}
{% test within_bounds(model, column_name, least, most, unit='', keys=['id'], number=none) %}
  {% set bounds = [least, most] | map('string') | map('replace', "cast('", '') | map('replace', "' as date)", '') | join(' to ') %}
  {% set value = number or column_name %}
  {% call test_with_messages() %}
  select
    '{{ model.schema }}.{{ model.identifier }}' {%- for key in keys %} || ', {{ key }} ' || coalesce(cast({{ key }} as varchar(128)), 'null') {%- endfor %} || ': {{ column_name }} is '
    || cast({{ column_name }} as varchar(64)) || '; allowed: {{ bounds }}{{ ' ' ~ unit if unit }}; fix: correct the row in the source' as message
  from {{ model }}
  where {{ value }} < {{ least }} or {{ value }} > {{ most }}
  {% endcall %}
{% endtest %}
