{#
  Reclaims space and refreshes the planner's statistics of all models that are tables, with the SQL of each engine.

  dbt run-operation vacuum_analyze
#}
{% macro vacuum_analyze() %}
  {% if execute %}
    {% set tables = graph.nodes.values()
      | selectattr('resource_type', 'in', ['model', 'seed'])
      | rejectattr('config.materialized', 'in', ['view', 'ephemeral']) | list %}
    {% for node in tables %}
      {% set table = adapter.get_relation(node.database, node.schema, node.alias) %}
      {% if table %}
        {# dbt-redshift begins a transaction before it lists relations, and leaves the transaction open. #}
        {% if target.type == 'redshift' %}{% do outside_transaction('commit') %}{% endif %}
        {% do outside_transaction('vacuum ' ~ table) %}
        {% do outside_transaction('analyze ' ~ table) %}
        {% do log('Vacuumed and analyzed ' ~ table, info=true) %}
      {% endif %}
    {% endfor %}
    {% if target.type == 'duckdb' %}{% do outside_transaction('checkpoint') %}{% endif %}
  {% endif %}
{% endmacro %}


{# Runs a statement that cannot run inside a transaction. #}
{% macro outside_transaction(sql) %}
  {% call statement(auto_begin=false) %}{{ sql }}{% endcall %}
{% endmacro %}
