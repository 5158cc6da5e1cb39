{# Fails for each row for which the SQL expression is false. A missing value does not fail. #}
{% test expression_is_true(model, expression, column_name=none) %}
  select *
  from {{ model }}
  where not ({{ expression }})
{% endtest %}
