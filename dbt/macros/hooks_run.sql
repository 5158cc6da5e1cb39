{# Whether the project's hooks do anything now: dbt renders them for `compile`, `show` and `docs generate`, too. #}
{% macro hooks_run() %}
  {{ return(execute and flags.WHICH not in ['compile', 'show', 'generate']) }}
{% endmacro %}
