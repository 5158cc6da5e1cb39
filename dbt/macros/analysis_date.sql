{#
  SQL for the "today" of the models: the var analysis_date, else the last order date. Models do not read the clock. The
  events of the day count. A month is complete when it ended before the day, because the day itself may not be over.
#}
{% macro analysis_date() -%}
  {%- if setting('analysis_date') -%}
    cast('{{ setting('analysis_date') }}' as date)
  {%- else -%}
    (select max(order_date) from {{ ref('stg_orders') }})
  {%- endif -%}
{%- endmacro %}


{#
  SQL for "this happened on the day of the var analysis_date or before". Each staging model with a date has it in its WHERE
  clause, so that no other model sees what came later. Rows without a date stay. Without the var, all rows stay.
#}
{% macro happened_by_analysis_date(day) -%}
  {%- if setting('analysis_date') -%}
    ({{ day }} is null or {{ day }} <= {{ analysis_date() }})
  {%- else -%}
    1 = 1
  {%- endif -%}
{%- endmacro %}


{# The first day whose touches the var touch_retention_days keeps. #}
{% macro touch_retention_start() -%}
  {{ add_days(analysis_date(), '-' ~ setting('touch_retention_days')) }}
{%- endmacro %}
