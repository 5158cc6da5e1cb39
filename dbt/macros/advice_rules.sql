{#
  The conditions that a rule of the seed advice_rules can have, by subject, each with its values. The model of the subject has a
  column of the same name for each condition.
#}
{% macro advice_conditions() %}
  {% do return({
    'product': {
      'order_volume': ['Few', 'Enough'],
      'return_level': ['High', 'Normal'],
      'lifecycle_stage': ['New', 'Growth', 'Mature', 'Declining'],
      'product_status': ['Star', 'Cash Cow', 'Problem', 'Declining'],
      'abc_category': ['A', 'B', 'C'],
    },
    'channel': {
      'order_volume': ['Few', 'Enough'],
      'channel_classification': ['High Performer', 'Moderate', 'Underperformer'],
      'weakest_measure': ['Conversion', 'Acquisition'],
    },
  }) %}
{% endmacro %}


{# SQL for "the rule of advice_rules applies to the row": it has the subject, and all its conditions that are not empty are true. #}
{% macro advice_applies(rule, subject, row) -%}
  {{ rule }}.subject = '{{ subject }}'
  {%- for condition in advice_conditions()[subject] %}
    and ({{ rule }}.{{ condition }} is null or {{ rule }}.{{ condition }} = {{ row }}.{{ condition }})
  {%- endfor %}
{%- endmacro %}


{# SQL for the condition order_volume. The var recommendation_min_orders is the least number of orders that are enough. #}
{% macro order_volume(orders) -%}
  case when {{ orders }} < {{ setting('recommendation_min_orders') }} then 'Few' else 'Enough' end
{%- endmacro %}
