{# The table of the builds of each invocation, in the models' schema. #}
{% macro model_builds_table() %}
  {{ return(api.Relation.create(database=target.database, schema=generate_schema_name(none, none), identifier='dbt_model_builds')) }}
{% endmacro %}


{# Creates the table of builds if it does not exist. #}
{% macro create_model_builds_table() %}
  create table if not exists {{ model_builds_table() }} (
    invocation_id varchar(36) not null,
    model_name varchar(127) not null,
    built_at timestamp not null,
    newest_source_date date
  )
{% endmacro %}


{#
  Adds the tables that this invocation built, with the newest day of their data: the newest event_time, or analysis_date
  for models without event_time.
#}
{% macro record_model_builds(results) %}
  {% set built = executed(results) | selectattr('status', 'equalto', 'success')
    | selectattr('node.resource_type', 'equalto', 'model')
    | rejectattr('node.config.materialized', 'in', ['view', 'ephemeral']) | list %}
  {% if built %}
    insert into {{ model_builds_table() }}
    {% for result in built %}
      {% set event_time = result.node.config.event_time %}
      select
        '{{ invocation_id }}',
        '{{ result.node.name }}',
        cast('{{ time_of_build(result) }}' as timestamp),
        {% if event_time %}
        (select cast(max({{ event_time }}) as date) from {{ result.node.relation_name }})
        {% elif setting('analysis_date') %}
        cast('{{ setting('analysis_date') }}' as date)
        {% else %}
        (select cast(max(order_date) as date) from {{ source('dbt_production', 'orders') }})
        {% endif %}
      {{ 'union all' if not loop.last }}
    {% endfor %}
  {% endif %}
{% endmacro %}


{# When dbt built a model, UTC. dbt gives no time for microbatch models; the end of the invocation is used for them. #}
{% macro time_of_build(result) %}
  {% set steps = result.timing | selectattr('name', 'equalto', 'execute') | list %}
  {% set time = steps[0].completed_at if steps else modules.datetime.datetime.now(modules.pytz.utc) %}
  {{ return(time.strftime('%Y-%m-%d %H:%M:%S')) }}
{% endmacro %}
