{# Fails for values below 0. A missing value is the business of not_null. #}
{% test positive_value(model, column_name) %}
  select {{ column_name }}
  from {{ model }}
  where {{ column_name }} < 0
{% endtest %}
