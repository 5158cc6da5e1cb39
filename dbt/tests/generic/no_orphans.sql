{#
  Fails for values that no row of the table `parent`, in the schema of the same source, has in its column `field`. A missing
  value is the business of not_null.

  dbt builds a model after the tests of all its ancestors, but a test of two tables gates only models that read both. The test
  relationships on orders and customers would not gate a model that reads orders alone. This test depends on its own table only.
#}
{% test no_orphans(model, column_name, parent, field) %}
  select {{ column_name }}
  from {{ model }}
  where {{ column_name }} is not null
    and {{ column_name }} not in (
      select parents.{{ field }}
      from {{ model.incorporate(path={'identifier': parent}) }} as parents
      where parents.{{ field }} is not null
    )
{% endtest %}
