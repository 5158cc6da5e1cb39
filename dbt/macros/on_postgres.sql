{# Indexes for PostgreSQL only. Redshift has sort and distribution keys; on DuckDB indexes cost more than they save. #}
{% macro on_postgres(indexes) %}
  {{ return(indexes if target.type == 'postgres' else []) }}
{% endmacro %}
