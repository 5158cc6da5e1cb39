{#
  The schema of a model. The base is DBT_SCHEMA if set (for the jobs of a branch), else the target's schema. A model with
  `schema: prep` goes to the base with the suffix `_prep`.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ schema_with_suffix(env_var('DBT_SCHEMA', '') or target.schema, custom_schema_name) }}
{%- endmacro %}


{# The name of a schema: the base alone, or the base, an underscore and the suffix. #}
{% macro schema_with_suffix(base, suffix) -%}
  {%- if suffix -%} {{ base }}_{{ suffix | trim }} {%- else -%} {{ base }} {%- endif -%}
{%- endmacro %}


{# Both schemas of a base: the schema of the marts and the schema of the models with `schema: prep`. #}
{% macro schemas_of(base) %}
  {{ return([schema_with_suffix(base, none) | trim, schema_with_suffix(base, 'prep') | trim]) }}
{% endmacro %}
