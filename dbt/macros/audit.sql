{# The table of all invocations, in the models' schema. #}
{% macro invocations_table() %}
  {{ return(api.Relation.create(database=target.database, schema=generate_schema_name(none, none), identifier='dbt_invocations')) }}
{% endmacro %}


{# Creates the audit tables that do not exist. #}
{% macro create_audit_table() %}
  {% if hooks_run() %}
    {% set table = invocations_table() %}
    {% if not adapter.check_schema_exists(table.database, table.schema) %}
      {% do adapter.create_schema(table) %}
    {% endif %}
    create table if not exists {{ table }} (
      invocation_id varchar(36) not null,
      command varchar(4000) not null,
      target_name varchar(100) not null,
      target_schema varchar(127) not null,
      user_name varchar(200) not null,
      dbt_cloud_run_id varchar(40),
      started_at timestamp not null,
      ended_at timestamp not null,
      succeeded integer not null,
      warned integer not null,
      failed integer not null,
      skipped integer not null
    );
    {{ create_model_builds_table() }}
  {% endif %}
{% endmacro %}


{#
  The results of the nodes that this invocation executed, or skipped after a failure. dbt also returns results of hooks,
  of exposures and of nodes that did not need a run.
#}
{% macro executed(results) %}
  {{ return(results
    | rejectattr('node.resource_type', 'in', ['operation', 'exposure'])
    | rejectattr('status', 'in', ['no-op', 'reused']) | list) }}
{% endmacro %}


{#
  Adds this invocation to the audit table, with the number of models, seeds, tests and freshness checks by result, and
  adds the tables that it built to the table of builds.
#}
{% macro record_invocation(results) %}
  {% if hooks_run() %}
    {% set endings = {'succeeded': 0, 'warned': 0, 'failed': 0, 'skipped': 0} %}
    {% set ending_of = {'success': 'succeeded', 'pass': 'succeeded', 'warn': 'warned', 'skipped': 'skipped'} %}
    {% for result in executed(results) %}
      {% set ending = ending_of.get(result.status | string, 'failed') %}
      {% do endings.update({ending: endings[ending] + 1}) %}
    {% endfor %}
    insert into {{ invocations_table() }} values (
      '{{ invocation_id }}',
      {{ text_literal(invocation_args_dict.invocation_command[:2000]) }},
      '{{ target.name }}',
      '{{ generate_schema_name(none, none) }}',
      {{ text_literal(target.user or env_var('USER', 'unknown')) }},
      {{ text_literal(env_var('DBT_CLOUD_RUN_ID', '')) }},
      '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}',
      '{{ modules.datetime.datetime.now(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}',
      {{ endings.values() | join(', ') }}
    );
    {{ record_model_builds(results) }}
  {% endif %}
{% endmacro %}
