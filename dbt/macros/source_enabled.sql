{#
  Whether an optional source is on. Models and tests use config(enabled=source_enabled('touchpoints')). In yml files dbt
  has no macros, so a source uses
  enabled: "{{ 'touchpoints' in var('optional_sources', env_var('DBT_OPTIONAL_SOURCES', 'touchpoints')) }}"
#}
{% macro source_enabled(name) %}
  {% if name not in all_optional_sources() %}
    {% do exceptions.raise_compiler_error('source_enabled: no optional source is called ' ~ name ~ '; allowed: ' ~ all_optional_sources() | join(', ')) %}
  {% endif %}
  {{ return(name in optional_sources()) }}
{% endmacro %}


{# The optional sources that are on: the var (a list, or a text with commas), else the env var, else all sources. #}
{% macro optional_sources() %}
  {% set value = var('optional_sources', env_var('DBT_OPTIONAL_SOURCES', all_optional_sources() | join(','))) or [] %}
  {{ return(value.split(',') | map('trim') | select | list if value is string else value) }}
{% endmacro %}


{# The names of all optional sources. No name is part of another, because yml files search for a name in a text. #}
{% macro all_optional_sources() %}
  {{ return([
    'touchpoints', 'ad_spend', 'meta_ads', 'google_ads', 'linkedin_ads', 'google_analytics', 'sendgrid', 'mailchimp',
    'automation', 'budgets', 'targets', 'meta_details', 'google_details', 'google_keywords', 'linkedin_details', 'consent',
    'clv_model_parameters',
  ]) }}
{% endmacro %}
