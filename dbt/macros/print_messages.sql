{#
  At the end of a run, says why a test of monitoring failed or warned: it prints the column `message` of the first rows of
  each test with meta prints_message. dbt itself only counts rows.
#}
{% macro print_messages(results) %}
  {% if hooks_run() %}
    {% for result in results if result.status in ['fail', 'warn'] and result.node.config.get('meta', {}).get('prints_message') %}
      {% for row in run_query('select message from (' ~ result.node.compiled_code ~ '\n) as failures order by 1 limit 10').rows %}
        {% do log((result.status | upper) ~ ' ' ~ result.node.name ~ ': ' ~ row[0], info=true) %}
      {% endfor %}
    {% endfor %}
  {% endif %}
{% endmacro %}
