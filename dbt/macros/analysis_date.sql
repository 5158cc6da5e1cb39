{#
  SQL for the "today" of the models: the var analysis_date, else the last order date. Models do not read the clock.
#}
{% macro analysis_date() -%}
  {%- if setting('analysis_date') -%}
    cast('{{ setting('analysis_date') }}' as date)
  {%- else -%}
    (select max(order_date) from {{ ref('stg_orders') }})
  {%- endif -%}
{%- endmacro %}
