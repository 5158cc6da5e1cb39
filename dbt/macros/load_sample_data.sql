{#
  On DuckDB, loads the sources from the files sample-data/<table>.csv, so that the project runs on a fresh checkout.
  Types come from the data_type of the source's columns; DuckDB infers the others. The macro does not change a database
  file with source tables that are not sample data, nor another database. There, a missing table of an optional source
  stops dbt.
#}
{% macro load_sample_data() %}
  {% if hooks_run() and target.type == 'duckdb' %}
    {% set present = source_tables() %}
    {% set is_sample = present | rejectattr('comment', 'equalto', sample_data_mark()) | list | length == 0 %}
    {% set missing = graph.sources.values()
      | selectattr('schema', 'equalto', 'dbt_production')
      | rejectattr('identifier', 'in', present | map(attribute='table_name') | list) | list %}
    {% if missing and is_sample and not env_var('DBT_SOURCE_DATABASE', '') %}
      {% do load_csv_files(missing | sort(attribute='identifier')) %}
    {% elif missing and not is_sample %}
      {% do refuse_missing_sources(missing) %}
    {% endif %}
  {% endif %}
{% endmacro %}


{% macro load_csv_files(sources) %}
  {{ log('No source tables ' ~ sources | map(attribute='identifier') | join(', ') ~ ': loading the sample data into schema dbt_production', info=true) }}
  {% set statements %}
    begin transaction;
    create schema if not exists dbt_production;
    {% for source in sources %}
      {% set table = 'dbt_production.' ~ source.identifier %}
      {% set types = {} %}
      {% for column in source.columns.values() if column.data_type %}{% do types.update({column.name: column.data_type}) %}{% endfor %}
      create table {{ table }} as
      select * from read_csv({{ project_file('sample-data/' ~ source.identifier ~ '.csv') }}, header = true{{ ', types = ' ~ types if types }});
      comment on table {{ table }} is '{{ sample_data_mark() }}';
    {% endfor %}
    commit;
  {% endset %}
  {% do run_query(statements) %}
{% endmacro %}


{#
  Stops dbt if an optional source is on and its table does not exist. A missing core table fails in the models that read
  it.
#}
{% macro refuse_missing_sources(missing) %}
  {% set tables = missing | selectattr('config.meta.optional_source', 'defined') | list %}
  {% if tables %}
    {% set on = optional_sources() | reject('in', tables | map(attribute='config.meta.optional_source') | list) | join(', ') %}
    {% do exceptions.raise_compiler_error(
      'optional sources are on, but schema dbt_production has no table for them'
      ~ '\n  missing: ' ~ tables | map(attribute='identifier') | sort | join(', ')
      ~ '\n  fix: load these tables, or leave their sources out of the var optional_sources: '
      ~ "--vars '{optional_sources: [" ~ on ~ "]}'"
    ) %}
  {% endif %}
{% endmacro %}


{# The comment that marks a table of sample data. #}
{% macro sample_data_mark() %}
  {{ return('sample data of marketing_analytics') }}
{% endmacro %}


{# On DuckDB, the names and comments of the source tables and views of this project that exist. #}
{% macro source_tables() %}
  {% set names = graph.sources.values() | map(attribute='identifier') | list %}
  {% set query %}
    select table_name, comment
    from (
      select database_name, schema_name, table_name, comment from duckdb_tables()
      union all
      select database_name, schema_name, view_name, comment from duckdb_views()
    ) as relations
    where database_name = coalesce(nullif('{{ env_var('DBT_SOURCE_DATABASE', '') }}', ''), current_database())
      and schema_name = 'dbt_production'
      and table_name in ('{{ names | join("', '") }}')
  {% endset %}
  {{ return(run_query(query).rows) }}
{% endmacro %}
