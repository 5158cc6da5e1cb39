{# The names of the touch attribution models, as in attribution_by_channel. #}
{% macro attribution_models() %}
  {{ return(['first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'markov', 'shapley']) }}
{% endmacro %}


{# The models that credit single touches, with a column <name>_credit in attribution_touch_credits. Markov credits channels. #}
{% macro touch_credit_models() %}
  {{ return(attribution_models() | reject('equalto', 'markov') | list) }}
{% endmacro %}
