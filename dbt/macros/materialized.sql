{# Has a CTE computed once, before the query around it is planned. Redshift has no word for it. #}
{% macro materialized() -%}
  {%- if target.type != 'redshift' -%} materialized {%- endif -%}
{%- endmacro %}
