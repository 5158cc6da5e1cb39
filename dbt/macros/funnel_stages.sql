{# The stages of customer_acquisition_funnel, in their order. #}
{% macro funnel_stages() %}
  {{ return(['touched', 'engaged', 'ordered', 'purchased', 'repeated', 'loyal']) }}
{% endmacro %}
