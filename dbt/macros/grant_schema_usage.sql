{# Grants the roles of DBT_MARKETING_ROLES and DBT_PII_ROLES usage of the models' schema. Models grant select. #}
{% macro grant_schema_usage() %}
  {% if hooks_run() and target.type != 'duckdb' %}
    {% set roles = (env_var('DBT_MARKETING_ROLES', '') ~ ',' ~ env_var('DBT_PII_ROLES', '')).split(',') %}
    {% for role in roles | select | unique %}
      {% set kind, name = role.split(':') if ':' in role else ('', role) %}
      grant usage on schema {{ generate_schema_name(none, none) }} to {{ kind if kind != 'user' }} {{ adapter.quote(name) }};
    {% endfor %}
  {% endif %}
{% endmacro %}
