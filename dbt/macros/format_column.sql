{#
  The types that dbt compares for contracts. Redshift stores text as varchar. Its driver also calls the type of an expression
  text, unknown or bpchar, so contracts would refuse `case when ... then 'a' end` in a column of varchar(256).
#}
{% macro redshift__format_column(column) -%}
  {% set data_type = column.dtype | lower %}
  {% set is_text = data_type in ('text', 'unknown', 'bpchar', 'character varying') %}
  {% set name = column.column | lower %}
  {{ return({'name': name, 'data_type': 'varchar' if is_text else data_type, 'formatted': name ~ ' ' ~ ('varchar' if is_text else data_type)}) }}
{%- endmacro %}
