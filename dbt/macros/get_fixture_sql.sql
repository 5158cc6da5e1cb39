{#
  The rows of a unit test's input. dbt gives them the types of the table in the warehouse. The types of a source depend
  on the team: with DECIMAL(18,2), a fixture of 3.005 would be rounded and the test would fail. So numbers of a source
  get a type with enough decimals.

  Redshift computes medians on its compute nodes, and only a query that reads a table runs there. dbt writes fixtures as
  literals, so on Redshift this macro reads a table. The rows stay the same.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {% set columns = adapter.get_columns_in_relation(this) if model.source_name else [] %}
  {% set fixture = source_fixture_sql(rows, columns) if columns else dbt.get_fixture_sql(rows, column_name_to_data_types) %}
  {% if target.type == 'redshift' %}
    select fixture.*
    from ({{ fixture }}) as fixture
    cross join (select count(*) as builds from {{ model_builds_table() }}) as any_table
  {% else %}
    {{ fixture }}
  {% endif %}
{% endmacro %}


{# The rows of a source's fixture as SQL. A column that a row does not name is null. #}
{% macro source_fixture_sql(rows, columns) %}
  {% set types = {} %}
  {% for column in columns %}
    {% set name = column.name | lower %}
    {% set has_fraction = rows | selectattr(name, 'defined') | selectattr(name, 'float') | list %}
    {% set is_decimal = modules.re.match('(?i)(decimal|numeric)', column.data_type) %}
    {% do types.update({name: 'numeric(28, 10)' if has_fraction or is_decimal else column.data_type}) %}
  {% endfor %}
  {% for row in rows or [{}] %}
    {% set values = dbt.format_row(row, types) %}
    select
      {% for column in columns %}
      {% set name = column.name | lower %}
      {{ values[name] or dbt.safe_cast('null', types[name]) }} as {{ column.quoted }}{{ ',' if not loop.last }}
      {% endfor %}
    {{ 'limit 0' if not rows else 'union all' if not loop.last }}
  {% endfor %}
{% endmacro %}
