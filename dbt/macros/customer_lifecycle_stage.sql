{#
  The stage of a customer on analysis_date, from the number of successful orders and the days since the last of them:
  prospect (no order), lapsed (last one too old), repeat (two or more), new (one, recent) or active (one, less recent).
#}
{% macro customer_lifecycle_stage(successful_orders, days_since_last_success) -%}
  case
        when {{ successful_orders }} = 0 then 'prospect'
        when {{ days_since_last_success }} > {{ setting('recency_lapsed_days') }} then 'lapsed'
        when {{ successful_orders }} >= 2 then 'repeat'
        when {{ days_since_last_success }} <= {{ setting('recency_new_days') }} then 'new'
        else 'active'
    end
{%- endmacro %}
