{#
  SQL for the freshness of a source with a column that says when or for which day a row came. As newest_order_date():
  the sample data that load_sample_data() brings is never stale.
#}
{% macro newest_load(relation, column) %}
  {% set marked = source_tables() | selectattr('comment', 'equalto', sample_data_mark()) | map(attribute='table_name') | list
    if target.type == 'duckdb' else [] %}
  {% if relation.identifier in marked %}
    select {{ dbt.current_timestamp() }}
  {% else %}
    select cast(max({{ column }}) as timestamp) from {{ relation }}
  {% endif %}
{% endmacro %}
