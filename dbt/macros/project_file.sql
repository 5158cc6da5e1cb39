{# The path of a file of this project as a DuckDB text. The path works from any current directory. #}
{% macro project_file(path) -%}
  '{{ (invocation_args_dict.project_dir ~ '/' ~ path) | replace("'", "''") }}'
{%- endmacro %}
