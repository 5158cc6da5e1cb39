{# The optional sources of advertising that are on. #}
{% macro ad_platforms_on() %}
  {{ return(['ad_spend', 'meta_ads', 'google_ads', 'linkedin_ads'] | select('in', optional_sources()) | list) }}
{% endmacro %}


{# The platforms that are on and have a source table of their own, unlike the platforms in ad_spend. #}
{% macro platforms_with_own_table() %}
  {{ return(ad_platforms_on() | reject('equalto', 'ad_spend') | list) }}
{% endmacro %}


{#
  The models with the costs of each source of advertising that is on, all with the same columns. For LinkedIn this is an
  intermediate model, because LinkedIn's campaigns and costs are separate source tables.
#}
{% macro ad_platform_models() %}
  {% set models = [] %}
  {% for name in ad_platforms_on() %}
    {% do models.append(('int_' if name == 'linkedin_ads' else 'stg_') ~ name) %}
  {% endfor %}
  {{ return(models) }}
{% endmacro %}


{# Whether any source of advertising is on. If none is on, fct_ad_performance and the models that read it are off. #}
{% macro ads_enabled() %}
  {{ return(ad_platforms_on() | length > 0) }}
{% endmacro %}
