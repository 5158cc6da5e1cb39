{#
  On DuckDB, loads each seed that has no table yet, as `dbt seed` would, so that `dbt run` alone builds the project. On
  other engines, and to load a changed CSV file, use `dbt seed` or `dbt build`.
#}
{% macro load_missing_seeds() %}
  {% if hooks_run() and target.type == 'duckdb' and flags.WHICH == 'run' %}
    {% for seed in graph.nodes.values() if seed.resource_type == 'seed' %}
      {% if not adapter.get_relation(seed.database, seed.schema, seed.alias) %}
        {% set types = ', types = ' ~ seed.config.column_types if seed.config.column_types else '' %}
        {{ log('No table of seed ' ~ seed.name ~ ': loading it', info=true) }}
        create schema if not exists {{ seed.schema }};
        create table {{ seed.schema }}.{{ seed.alias }} as
        select * from read_csv({{ project_file(seed.original_file_path) }}, header = true{{ types }});
      {% endif %}
    {% endfor %}
  {% endif %}
{% endmacro %}
