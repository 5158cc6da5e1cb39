{# The part of a month that has passed on a day, inclusive: 0 for a future month, 1 for a past month. #}
{% macro elapsed_share(month, day) -%}
  case
        when {{ day }} < {{ month }} then 0
        when {{ day }} >= {{ add_months(month, 1) }} then 1
        else {{ ratio(days_between(month, day) ~ ' + 1', days_between(month, add_months(month, 1))) }}
    end
{%- endmacro %}
