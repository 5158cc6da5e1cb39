{# Indexes for PostgreSQL alone: Redshift has sort and distribution keys, and DuckDB's would cost more than they save. #}
{% macro on_postgres(indexes) %}
  {{ return(indexes if target.type == 'postgres' else []) }}
{% endmacro %}
