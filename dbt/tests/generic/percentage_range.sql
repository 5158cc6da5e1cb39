{# Fails for percentages outside 0 to 100. A missing value does not fail; use not_null. #}
{% test percentage_range(model, column_name) %}
  select {{ column_name }}
  from {{ model }}
  where {{ column_name }} < 0 or {{ column_name }} > 100
{% endtest %}
