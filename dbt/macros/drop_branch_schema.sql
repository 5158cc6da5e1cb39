{#
  Drops the two schemas of a feature branch with everything in them. A schema that does not exist is not an error.

  dbt run-operation drop_branch_schema --args '{schema: marketing_feature_x_user}'
#}
{% macro drop_branch_schema(schema) %}
  {% set shared = [] %}
  {% for name in ['marketing', 'dbt_production', 'public', target.schema] %}
    {% do shared.extend(schemas_of(name)) %}
  {% endfor %}
  {% if not modules.re.fullmatch('marketing_[a-z0-9_]+', schema | string) %}
    {% do refuse_to_drop(schema, "a name that starts with marketing_, followed by a-z, 0-9 or _") %}
  {% elif schema in shared %}
    {% do refuse_to_drop(schema, "the schema of a branch; shared are " ~ shared | unique | join(', ')) %}
  {% elif execute %}
    {% for name in schemas_of(schema) %}
      {% do adapter.drop_schema(api.Relation.create(database=target.database, schema=name)) %}
      {% do log('Dropped schema ' ~ name, info=true) %}
    {% endfor %}
  {% endif %}
{% endmacro %}


{% macro refuse_to_drop(schema, allowed) %}
  {% do exceptions.raise_compiler_error(
    "drop_branch_schema: schema is not dropped\n  got: " ~ schema ~ "\n  allowed: " ~ allowed
    ~ "\n  fix: give the schema of the branch's jobs, DBT_SCHEMA, as in --args '{schema: marketing_feature_x_user}'"
  ) %}
{% endmacro %}
