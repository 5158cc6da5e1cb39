{# The day `months` calendar months after a date. #}
{% macro add_months(day, months) -%}
  cast({{ dbt.dateadd('month', months, day) }} as date)
{%- endmacro %}


{# The day in each of the `count` months before, with commas. A month without the day has its last day instead. #}
{% macro same_day_of_months(day, count) -%}
  {%- for month in range(1, count + 1) %}{{ add_months(day, -month) }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
