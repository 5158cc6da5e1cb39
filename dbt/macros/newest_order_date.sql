{#
  SQL for the freshness of a source with orders in it: the last order date. Orders carry no time of loading.
#}
{% macro newest_order_date(orders) -%}
  {{ newest('order_date', orders) }}
{%- endmacro %}


{#
  SQL for the freshness of a source: the newest value of a column, of this table or another. The sample data that
  load_sample_data() brings ends long ago and is never stale; its tables are known by their comment.
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
