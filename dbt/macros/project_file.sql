{# The path of a file of this project, from wherever dbt was started, as a DuckDB text. #}
{% macro project_file(path) -%}
  '{{ (invocation_args_dict.project_dir ~ '/' ~ path) | replace("'", "''") }}'
{%- endmacro %}
