{# The staging models, one a source of ads, whose optional source is on. #}
{% macro ad_platform_models() %}
  {% set models = [] %}
  {% for name in ['ad_spend', 'meta_ads', 'google_ads', 'linkedin_ads'] if source_enabled(name) %}
    {% do models.append('stg_' ~ name) %}
  {% endfor %}
  {{ return(models) }}
{% endmacro %}


{# Whether any source of ads is on: without, there is no fct_ad_performance and nothing that builds on it. #}
{% macro ads_enabled() %}
  {{ return(ad_platform_models() | length > 0) }}
{% endmacro %}
