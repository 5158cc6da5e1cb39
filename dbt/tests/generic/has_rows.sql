{# Fails for a table without rows. The message says so, because later tests would fail for reasons that follow from it. #}
{% test has_rows(model) %}
  {% call test_with_messages() %}
  select '{{ model.schema }}.{{ model.identifier }} has no rows; allowed: at least one row; fix: load the table' as message
  from (select count(*) as number_of_rows from {{ model }}) as counted
  where number_of_rows = 0
  {% endcall %}
{% endtest %}
