{#
  The value of a var. dbt_project.yml may take a default from an environment variable, which dbt leaves unrendered there.
#}
{% macro setting(name) %}
  {% set value = var(name) %}
  {{ return(render(value) if value is string else value) }}
{% endmacro %}
