{# Fails for values below 0. A missing value does not fail; use not_null. #}
{% test positive_value(model, column_name) %}
  select {{ column_name }}
  from {{ model }}
  where {{ column_name }} < 0
{% endtest %}
