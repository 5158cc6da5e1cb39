{#
  SQL for the freshness of a source with orders: the last order date. Orders have no load time.
#}
{% macro newest_order_date(orders) -%}
  {{ newest('order_date', orders) }}
{%- endmacro %}


{#
  SQL for the freshness of a source: the newest value of a column, of this table or another. The sample data of
  load_sample_data() is old and never stale. A comment marks its tables.
#}
{% macro newest(column, table=none) %}
  {% set marked = source_tables() | selectattr('comment', 'equalto', sample_data_mark()) | map(attribute='table_name') | list
    if target.type == 'duckdb' else [] %}
  {% if this.identifier in marked %}
    select {{ dbt.current_timestamp() }}
  {% else %}
    select cast(max({{ column }}) as timestamp) from {{ table or this }}
  {% endif %}
{% endmacro %}
