{#
  The schema of a model: DBT_SCHEMA when set (a branch's jobs), else the target's; with `schema: prep` that name and `_prep`.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {%- set base = env_var('DBT_SCHEMA', '') or target.schema -%}
  {%- if custom_schema_name -%} {{ base }}_{{ custom_schema_name | trim }} {%- else -%} {{ base }} {%- endif -%}
{%- endmacro %}
