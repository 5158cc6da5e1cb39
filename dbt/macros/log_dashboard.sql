{#
  Writes the rows of the dashboard to dbt's log file: one JSON message for each query of analyses/dashboard. The message
  has the rows, or the tables that the query reads and that do not exist.

  dbt --log-path FOLDER --log-format-file json --log-level-file debug run-operation log_dashboard
#}
{% macro log_dashboard() %}
  {% for query in graph.nodes.values() if query.path.startswith('analysis/dashboard/') %}
    {% set missing = [] %}
    {% for id in query.depends_on.nodes %}
      {% set table = graph.nodes.get(id) or graph.sources.get(id) %}
      {% set name = table.alias or table.identifier %}
      {% if not adapter.get_relation(table.database, table.schema, name) %}
        {% do missing.append(table.schema ~ '.' ~ name) %}
      {% endif %}
    {% endfor %}
    {% set rows = [] if missing else json_rows(run_query(render(query.raw_code))) %}
    {% do log(tojson({'query': query.name, 'missing': missing, 'rows': rows})) %}
  {% endfor %}
{% endmacro %}


{# The rows of a table for JSON: numbers, booleans and null stay as they are; everything else becomes text. #}
{% macro json_rows(table) %}
  {% set rows = [] %}
  {% for row in table.rows %}
    {% set cells = {} %}
    {% for name, value in row.dict().items() %}
      {% if value is number and value is not boolean %}{% set value = value | float %}
      {% elif value is not none and value is not boolean %}{% set value = value | string %}
      {% endif %}
      {% do cells.update({name: value}) %}
    {% endfor %}
    {% do rows.append(cells) %}
  {% endfor %}
  {{ return(rows) }}
{% endmacro %}
