{# Whether the project's hooks run now. dbt also renders hooks for `compile`, `show` and `docs generate`. #}
{% macro hooks_run() %}
  {{ return(execute and flags.WHICH not in ['compile', 'show', 'generate']) }}
{% endmacro %}
