{#
  Deletes a customer from every table of the target: the source tables in this database, marts, incremental tables, histories
  that survive a full refresh, snapshots and stored failures of tests. The customer's orders, payments, touches, e-mail events
  and enrolments are deleted, too. All deletes are one transaction. The macro prints the number of rows by table.

  dbt run-operation erase_customer --args '{customer_id: 17}'

  include_sources: false leaves the source tables alone, for a user who may not write them. Erase the customer there first, or
  the next build brings the customer back. docs/privacy.md describes the steps before and after.
#}
{% macro erase_customer(customer_id, include_sources=true) %}
  {% if not modules.re.fullmatch('-?[0-9]+', customer_id | string) %}
    {% do exceptions.raise_compiler_error(
      "erase_customer: customer_id is not a customer\n  got: " ~ customer_id ~ "\n  allowed: a whole number"
      ~ "\n  fix: --args '{customer_id: 17}'"
    ) %}
  {% elif execute %}
    {% do refuse_earlier_copy() %}
    {% set erasures = erasures_of(customer_id, include_sources) %}
    {% set counts = [] %}
    {% for it in erasures %}{% do counts.append("select " ~ loop.index0 ~ " as number, count(*) as row_count from " ~ it.table ~ " where " ~ it.condition) %}{% endfor %}
    {% set found = run_query(counts | join(' union all ') ~ ' order by 1').rows | selectattr('row_count') | list %}
    {% set deletes = [] %}
    {% for row in found %}{% do deletes.append('delete from ' ~ erasures[row.number | int].table ~ ' where ' ~ erasures[row.number | int].condition ~ ';') %}{% endfor %}
    {# Another customer can share the visitor's device: the other touches of the visitor stay, without the visitor. #}
    {% for it in erasures if 'anonymous_id' in it.visits %}{% do deletes.append('update ' ~ it.table ~ ' set anonymous_id = null where ' ~ it.visits ~ ';') %}{% endfor %}
    {% if deletes %}
      {% do run_query('begin; ' ~ deletes | join(' ') ~ ' commit;') %}
    {% endif %}
    {% for row in found %}
      {% do log('Deleted ' ~ row.row_count ~ ' rows of ' ~ erasures[row.number | int].table, info=true) %}
    {% endfor %}
    {% do log('Customer ' ~ customer_id ~ ': ' ~ found | sum(attribute='row_count') ~ ' rows of ' ~ found | length ~ ' tables deleted, ' ~ erasures | length ~ ' tables searched', info=true) %}
    {% do remove_deleted_bytes() %}
  {% endif %}
{% endmacro %}


{#
  A condition for each table that can have rows of a customer. It names the columns of the table that lead to a person: the
  customer, the salted key, and the orders, recipients and enrolments of the customer that any table knows.
#}
{% macro erasures_of(customer_id, include_sources) %}
  {% set key = run_query('select ' ~ customer_key("'" ~ customer_id ~ "'")).rows[0][0] %}
  {% set values = {'customer_id': [customer_id | string], 'customer_key': [key], 'order_id': [], 'recipient_id': [], 'enrolment_id': [], 'anonymous_id': []} %}
  {% set tables = tables_of_people(include_sources) %}
  {% for column in ['order_id', 'recipient_id', 'enrolment_id', 'anonymous_id'] %}
    {% set queries = [] %}
    {% for it in tables if column in it.columns and ('customer_id' in it.columns or 'customer_key' in it.columns) %}
      {% do queries.append('select cast(' ~ it.columns[column] ~ ' as varchar(128)) as value from ' ~ it.table ~ ' where ' ~ is_one_of(it.columns, values, ['customer_id', 'customer_key'])) %}
    {% endfor %}
    {% if queries %}
      {% do values.update({column: run_query('select distinct value from (' ~ queries | join(' union all ') ~ ') as links where value is not null').columns[0].values() | list}) %}
    {% endif %}
  {% endfor %}
  {% set erasures = [] %}
  {% for it in tables %}
    {% do erasures.append({
      'table': it.table,
      'condition': '1 = 1' if it.is_stored_failure else is_one_of(it.columns, values, ['customer_id', 'customer_key', 'order_id', 'recipient_id', 'enrolment_id']),
      'visits': is_one_of(it.columns, values, ['anonymous_id']),
    }) %}
  {% endfor %}
  {{ return(erasures) }}
{% endmacro %}


{# SQL for "a column of these has one of its values". #}
{% macro is_one_of(columns, values, names) %}
  {% set conditions = ['1 = 0'] %}
  {% for name in names if name in columns and values[name] %}
    {% set texts = [] %}
    {% for value in values[name] %}{% do texts.append(text_literal(value)) %}{% endfor %}
    {% do conditions.append('cast(' ~ columns[name] ~ ' as varchar(128)) in (' ~ texts | join(', ') ~ ')') %}
  {% endfor %}
  {{ return('(' ~ conditions | join(' or ') ~ ')') }}
{% endmacro %}


{#
  The tables with columns that lead to a person, each with these columns by what they mean. Stored failures of tests can have
  anything in any column, so they count as a whole. A column customer_id of an ad platform is an account, not a person.
#}
{% macro tables_of_people(include_sources) %}
  {% set meanings = ['customer_id', 'customer_key', 'order_id', 'recipient_id', 'enrolment_id', 'anonymous_id'] %}
  {% set core_columns = {
    'customers': {'id': 'customer_id'}, 'orders': {'user_id': 'customer_id', 'id': 'order_id'}, 'payments': {'order_id': 'order_id'},
  } %}
  {% set about_people = ['touchpoints', 'consent', 'sendgrid_events', 'mailchimp_activity', 'automation_enrolments', 'automation_events'] %}
  {% set source = graph.sources.values() | selectattr('identifier', 'equalto', 'orders') | first %}
  {% set audit = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') | map(attribute='schema') | unique | list %}
  {% set schemas = (graph.nodes.values() | map(attribute='schema') | list + audit + ([source.schema] if include_sources else [])) | unique | list %}
  {% set base = run_query("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and " ~ is_in_schemas('table_schema', schemas)).rows | map('join', '.') | list %}
  {% set found = {} %}
  {% for schema, table, column, type in catalog_columns(schemas) if schema ~ '.' ~ table in base %}
    {% if schema == source.schema %}
      {% set meaning = core_columns[table].get(column) if table in core_columns else (column if table in about_people and column in meanings else none) %}
    {% else %}
      {% set meaning = column if column in meanings else none %}
    {% endif %}
    {% if meaning or schema in audit %}
      {% set relation = api.Relation.create(database=target.database, schema=schema, identifier=table) %}
      {% set entry = found.setdefault(schema ~ '.' ~ table, {'table': relation | string, 'columns': {}, 'is_stored_failure': schema in audit}) %}
      {% if meaning %}{% do entry.columns.update({meaning: adapter.quote(column)}) %}{% endif %}
    {% endif %}
  {% endfor %}
  {{ return(found.values() | list) }}
{% endmacro %}


{#
  Stops before anything is deleted if the copy of an earlier erasure is beside the database. DuckDB cannot overwrite it. It still
  has the rows of this customer, or it is not complete.
#}
{% macro refuse_earlier_copy() %}
  {% if target.type == 'duckdb' %}
    {% set file = run_query("select path from duckdb_databases() where database_name = current_database()").rows[0][0] %}
    {% set copies = run_query('select file from glob(' ~ text_literal((file or '') ~ '.erased*') ~ ') order by 1').columns[0].values() | list %}
    {% if copies %}
      {% do exceptions.raise_compiler_error(
        "erase_customer: the copy of an earlier or interrupted erasure is beside the database\n  got: " ~ copies | join(' ')
        ~ "\n  allowed: no such file, because it has rows of this customer, or is not complete"
        ~ "\n  fix: rm " ~ copies | join(' ') ~ ", then run the command again"
      ) %}
    {% endif %}
  {% endif %}
{% endmacro %}


{#
  Says how the bytes of deleted rows leave the disk. DuckDB keeps them in free blocks of its file, so the macro writes a copy
  of the database without them beside the file.
#}
{% macro remove_deleted_bytes() %}
  {% if target.type == 'duckdb' %}
    {% set name, file = run_query('select database_name, path from duckdb_databases() where database_name = current_database()').rows[0].values() %}
    {% do outside_transaction('checkpoint') %}
    {% if file %}
      {% do outside_transaction("attach " ~ text_literal(file ~ '.erased') ~ " as erased; copy from database " ~ adapter.quote(name) ~ " to erased; detach erased") %}
      {% do log('The file still has the deleted bytes. Replace it with its copy: mv ' ~ file ~ '.erased ' ~ file, info=true) %}
    {% endif %}
  {% else %}
    {% do log('The deleted bytes leave the disk with: dbt run-operation vacuum_analyze', info=true) %}
  {% endif %}
{% endmacro %}
