{# Makes the engine compute a CTE once, before it plans the outer query. Redshift has no keyword for this. #}
{% macro materialized() -%}
  {%- if target.type != 'redshift' -%} materialized {%- endif -%}
{%- endmacro %}
