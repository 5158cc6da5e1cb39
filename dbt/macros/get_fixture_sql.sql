{#
  The rows of a unit test's input. Redshift computes medians on its compute nodes, and only a query that reads a table
  runs there. dbt writes fixtures as literals, so on Redshift this macro reads a table. The rows stay the same.
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
