{# The date that Google Analytics writes as 20251231. #}
{% macro google_analytics_day(text) -%}
  cast(substring({{ text }}, 1, 4) || '-' || substring({{ text }}, 5, 2) || '-' || substring({{ text }}, 7, 2) as date)
{%- endmacro %}
