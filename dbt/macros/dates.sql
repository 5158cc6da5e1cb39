{# Whole days from one date to another; negative when `later` is earlier. #}
{% macro days_between(earlier, later) -%}
  cast({{ dbt.datediff(earlier, later, 'day') }} as integer)
{%- endmacro %}


{# Calendar months from one date to another: 31 January to 1 February is 1. #}
{% macro months_between(earlier, later) -%}
  cast({{ dbt.datediff(earlier, later, 'month') }} as integer)
{%- endmacro %}


{# The first day of a date's month. #}
{% macro first_of_month(day) -%}
  cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}


{# The first day of a date's quarter. #}
{% macro first_of_quarter(day) -%}
  cast({{ dbt.date_trunc('quarter', day) }} as date)
{%- endmacro %}


{# The day `days` after a date. #}
{% macro add_days(day, days) -%}
  cast({{ dbt.dateadd('day', days, day) }} as date)
{%- endmacro %}


{# Day of the week: 0 is Sunday, 6 is Saturday. #}
{% macro day_of_week(day) -%}
  cast(extract(dow from {{ day }}) as integer)
{%- endmacro %}


{# The part of a date's month: start (the first 7 days), end (the last 7 days) or middle. #}
{% macro part_of_month(day) -%}
  case
    when extract(day from {{ day }}) <= 7 then 'start'
    when {{ first_of_month(add_days(day, 7)) }} > {{ day }} then 'end'
    else 'middle'
  end
{%- endmacro %}
