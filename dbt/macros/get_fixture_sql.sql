{#
  The rows of a unit test's input. Redshift computes medians on its compute nodes, where a query only goes that reads a table;
  dbt gives fixtures as texts, so that on Redshift they read one, with no effect on the rows.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {% set fixture = dbt.get_fixture_sql(rows, column_name_to_data_types) %}
  {% if target.type == 'redshift' %}
    select fixture.*
    from ({{ fixture }}) as fixture
    cross join (select count(*) as builds from {{ model_builds_table() }}) as any_table
  {% else %}
    {{ fixture }}
  {% endif %}
{% endmacro %}
