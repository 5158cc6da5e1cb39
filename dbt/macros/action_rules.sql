{# SQL for "the rule applies to the customer": all conditions of the rule that are not empty are true. #}
{% macro rule_applies(rule, customer) -%}
  ({{ rule }}.customer_segment is null or {{ rule }}.customer_segment = {{ customer }}.customer_segment)
    and ({{ rule }}.churn_risk is null or {{ rule }}.churn_risk = {{ customer }}.churn_risk)
    and ({{ rule }}.except_churn_risk is null or {{ rule }}.except_churn_risk <> {{ customer }}.churn_risk)
    and ({{ rule }}.min_recency_score is null or {{ rule }}.min_recency_score <= {{ customer }}.recency_score)
{%- endmacro %}


{# Whether a channel of a rule is a message to the customer. #}
{% macro is_message(channel) -%}
  {{ channel }} in ('email', 'phone')
{%- endmacro %}


{#
  SQL for "the customer is in the holdout group", which gets no action, so that the effect of actions can be measured. The first
  four digits of a hash decide, so a customer stays in the group. The var holdout_percentage is its size.
#}
{% macro is_held_out(customer_id) -%}
  {%- set digits = 'substring(' ~ dbt.hash("'holdout ' || cast(" ~ customer_id ~ ' as varchar(20))') ~ ', 1, 4)' -%}
  {{ byte_order(digits) }} < '{{ '%04x' % ((setting('holdout_percentage') | float) * 655.36) | int }}'
{%- endmacro %}
