{#
  The query of a monitoring test. It has a column `message`. The macro also prints the first ten messages while the test
  runs, because dbt itself only counts rows.

  {% call test_with_messages() %} select ... as message from ... {% endcall %}
#}
{% macro test_with_messages() %}
  {% set query = caller() %}
  {% if hooks_run() %}
    {% set status = 'WARN' if model.config.severity | lower == 'warn' else 'FAIL' %}
    {% for row in run_query('select message from (' ~ query ~ '\n) as failures order by 1 limit 10').rows %}
      {% do log(status ~ ' ' ~ model.name ~ ': ' ~ row[0], info=true) %}
    {% endfor %}
  {% endif %}
  {{ query }}
{% endmacro %}
