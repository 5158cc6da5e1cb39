{# Part of a month that has passed on a day, that day included: 0 for a month that has not begun, 1 for one that is over. #}
{% macro elapsed_share(month, day) -%}
  case
        when {{ day }} < {{ month }} then 0
        when {{ day }} >= {{ add_months(month, 1) }} then 1
        else {{ ratio(days_between(month, day) ~ ' + 1', days_between(month, add_months(month, 1))) }}
    end
{%- endmacro %}
