{#
  The columns of all tables and views of some schemas, from the warehouse's catalog: rows of schema, relation, column and
  type. Redshift lists the columns of late-binding views apart from all others. Empty without introspection.

  DuckDB's catalog also has the databases that are attached, such as the one that a job defers to. They are left out.
#}
{% macro catalog_columns(schemas) %}
  {% if not (execute and flags.INTROSPECT) %}{{ return([]) }}{% endif %}
  {% set within = "in ('" ~ schemas | join("', '") ~ "')" %}
  {% set columns %}
    select table_schema, table_name, column_name, data_type
    from information_schema.columns
    where table_schema {{ within }} {{ 'and table_catalog = current_database()' if target.type == 'duckdb' }}
    {% if target.type == 'redshift' %}
    union all
    select view_schema, view_name, column_name, column_type
    from pg_get_late_binding_view_cols() as late (view_schema name, view_name name, column_name name, column_type varchar, place integer)
    where view_schema {{ within }}
    {% endif %}
    order by 1, 2, 3
  {% endset %}
  {{ return(run_query(columns).rows) }}
{% endmacro %}
