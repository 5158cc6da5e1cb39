{# The day `months` calendar months after a date. #}
{% macro add_months(day, months) -%}
  cast({{ dbt.dateadd('month', months, day) }} as date)
{%- endmacro %}
