{#
  SQL for the key of a customer in the tables of touches and credits: the SHA-256 of the id and the salt, as 64 hexadecimal
  digits; null for null. Without the salt, nobody can compute the keys of known ids. docs/privacy.md describes its rotation.
#}
{% macro customer_key(customer_id) -%}
  cast({{ adapter.dispatch('sha256')('cast(' ~ customer_id ~ ' as varchar(20)) || ' ~ text_literal(customer_key_salt())) }} as varchar(64))
{%- endmacro %}


{#
  The salt: the environment variable DBT_CUSTOMER_KEY_SALT. Production has no default. Every other environment has a fixed one,
  which protects nobody. `dbt compile` needs no salt, because it writes no keys.
#}
{% macro customer_key_salt() %}
  {% set salt = env_var('DBT_CUSTOMER_KEY_SALT', '') %}
  {% if not salt and hooks_run() and is_production() %}
    {% do exceptions.raise_compiler_error(
      'DBT_CUSTOMER_KEY_SALT is not set, and target ' ~ target.name ~ ' (' ~ target.type ~ ') is production'
      ~ '\n  allowed: a secret text of at least 32 characters, the same in all jobs of the environment'
      ~ "\n  fix: set it in the environment variables of dbt Cloud, for example to the output of `openssl rand -hex 32`"
      ~ '\n  or, if the target is not production, set DBT_CLOUD_ENVIRONMENT_TYPE to dev or staging'
    ) %}
  {% endif %}
  {{ return(salt or 'development') }}
{% endmacro %}


{#
  Whether dbt runs in production: dbt Cloud says so, or the target is called so. Without either, a Redshift target is production,
  and a DuckDB or PostgreSQL target is not.
#}
{% macro is_production() %}
  {% set environment = env_var('DBT_CLOUD_ENVIRONMENT_TYPE', '') %}
  {% if environment in ['dev', 'staging'] %}
    {{ return(false) }}
  {% endif %}
  {{ return(environment == 'prod' or target.name in ['prod', 'production'] or target.type == 'redshift') }}
{% endmacro %}


{% macro default__sha256(text) %}
  {{- return('sha256(' ~ text ~ ')') -}}
{% endmacro %}

{% macro postgres__sha256(text) %}
  {{- return("encode(sha256(convert_to(" ~ text ~ ", 'UTF8')), 'hex')") -}}
{% endmacro %}

{% macro redshift__sha256(text) %}
  {{- return('sha2(' ~ text ~ ', 256)') -}}
{% endmacro %}
