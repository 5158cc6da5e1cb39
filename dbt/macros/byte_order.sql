{#
  A text that sorts by its bytes, as in DuckDB and Redshift. PostgreSQL would sort by the database's collation, so a tie
  between two names would have another winner there.
#}
{% macro byte_order(text) -%}
  {%- if target.type == 'postgres' -%} ({{ text }} collate "C") {%- else -%} {{ text }} {%- endif -%}
{%- endmacro %}
