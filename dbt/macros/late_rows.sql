{#
  The query of a test that compares a table of microbatches with its sources: one row with a message, and with the command that
  repairs the table, when rows differ. `expected` is the SQL for the rows that a full refresh would build, `columns` are their
  columns, and `day` is the SQL for the UTC day of a row.
#}
{% macro late_rows(model, expected, columns, day) %}
  with expected as (

      {{ expected }}

  ),

  actual as (

      select {{ columns | join(', ') }} from {{ ref(model) }}

  ),

  different as (

      (select * from expected except select * from actual)
      union all
      (select * from actual except select * from expected)

  )

  select
      '{{ model }}: ' || cast(count(*) as varchar(20)) || ' rows differ from the sources, from '
      || cast(min({{ day }}) as varchar(10)) || ' to ' || cast(max({{ day }}) as varchar(10))
      || '; they changed after the lookback. Load these days again: dbt run --select {{ model }} --vars ''{incremental: true}'''
      || ' --event-time-start ' || cast(min({{ day }}) as varchar(10))
      || ' --event-time-end ' || cast({{ add_days('max(' ~ day ~ ')', 1) }} as varchar(10)) as message
  from different
  having count(*) > 0
{% endmacro %}
