{#
  A text in the order of its bytes, as DuckDB and Redshift compare texts. PostgreSQL would follow the database's
  language, so that a tie between two names would end differently there.
#}
{% macro byte_order(text) -%}
  {%- if target.type == 'postgres' -%} ({{ text }} collate "C") {%- else -%} {{ text }} {%- endif -%}
{%- endmacro %}
