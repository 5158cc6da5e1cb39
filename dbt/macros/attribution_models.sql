{# The names of the touch attribution models, as in attribution_by_channel. #}
{% macro attribution_models() %}
  {{ return(['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based', 'markov', 'shapley']) }}
{% endmacro %}
