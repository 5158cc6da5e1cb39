{#
  The columns of all tables and views of some schemas, from the warehouse's catalog: rows of schema, relation, column and
  type. Redshift lists the columns of late-binding views apart from all others. Empty without introspection.
#}
{% macro catalog_columns(schemas) %}
  {% if not (execute and flags.INTROSPECT) %}{{ return([]) }}{% endif %}
  {% set columns %}
    select table_schema, table_name, column_name, data_type
    from information_schema.columns
    where {{ is_in_schemas('table_schema', schemas) }}
    {% if target.type == 'redshift' %}
    union all
    select view_schema, view_name, column_name, column_type
    from pg_get_late_binding_view_cols() as late (view_schema name, view_name name, column_name name, column_type varchar, place integer)
    where {{ is_in_schemas('view_schema', schemas) }}
    {% endif %}
    order by 1, 2, 3
  {% endset %}
  {{ return(run_query(columns).rows) }}
{% endmacro %}


{#
  SQL for "the relation is in one of the schemas", in a query of the catalog. DuckDB's catalog also has the databases that are
  attached, such as the one that a job defers to. They are left out.
#}
{% macro is_in_schemas(column, schemas) -%}
  {{ column }} in ('{{ schemas | join("', '") }}')
  {%- if target.type == 'duckdb' %} and table_catalog = current_database(){% endif %}
{%- endmacro %}
