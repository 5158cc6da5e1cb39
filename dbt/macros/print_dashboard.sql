{#
  Prints what the dashboard shows, one line of JSON for each query of analyses/dashboard: its rows, or the tables that it
  reads and that are not there.

  dbt --quiet run-operation print_dashboard
#}
{% macro print_dashboard() %}
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
    {% do print(tojson({'query': query.name, 'missing': missing, 'rows': rows})) %}
  {% endfor %}
{% endmacro %}


{# The rows of a table as JSON knows them: numbers, truth values and null stay, all else is text. #}
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
