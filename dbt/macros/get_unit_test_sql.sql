{#
  The rows that a unit test found and those that it expects. dbt compares them exactly. The last digits of a floating-point
  number depend on the engine and on the order of a sum, so such numbers are compared to nine decimals.
#}
{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
  {% set floats = [] %}
  {% for column in adapter.get_column_schema_from_query(get_empty_subquery_sql(main_sql)) if column.is_float() %}
    {% do floats.append(column.quoted) %}
  {% endfor %}
  {% set columns = [] %}
  {% for name in expected_column_names %}
    {% do columns.append('cast(' ~ name ~ ' as numeric(38, 9)) as ' ~ name if name in floats else name) %}
  {% endfor %}
  with dbt_internal_unit_test_actual as (

    select {{ columns | join(', ') }}, {{ dbt.string_literal('actual') }} as {{ adapter.quote('actual_or_expected') }}
    from ({{ main_sql }}) as _dbt_internal_unit_test_actual

  ),

  dbt_internal_unit_test_expected as (

    select {{ columns | join(', ') }}, {{ dbt.string_literal('expected') }} as {{ adapter.quote('actual_or_expected') }}
    from ({{ expected_fixture_sql }}) as _dbt_internal_unit_test_expected

  )

  select * from dbt_internal_unit_test_actual
  union all
  select * from dbt_internal_unit_test_expected
{% endmacro %}
