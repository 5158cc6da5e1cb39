{#
  SQL for the day on which the models look back: the var analysis_date, else the last order date. Never the clock.
#}
{% macro analysis_date() -%}
  {%- if setting('analysis_date') -%}
    cast('{{ setting('analysis_date') }}' as date)
  {%- else -%}
    (select max(order_date) from {{ ref('stg_orders') }})
  {%- endif -%}
{%- endmacro %}
