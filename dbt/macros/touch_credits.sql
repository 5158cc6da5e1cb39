{# The weight of a touch by its days before the order. It halves for each time_decay_half_life_days. #}
{% macro time_decay_weight(age_days) -%}
  {%- set half_lives = 'cast(' ~ age_days ~ ' as double precision) / ' ~ setting('time_decay_half_life_days') -%}
  {#- PostgreSQL raises an error if a power is too small for a double. -#}
  case when {{ half_lives }} > 1000 then 0 else power(cast(0.5 as double precision), {{ half_lives }}) end
{%- endmacro %}


{#
  The credit of touch number `touch_index` of `count` by position. The vars position_first_weight and position_last_weight
  are the shares of the first and the last touch. The touches between share the rest. Two touches share everything.
#}
{% macro position_weight(touch_index, count) -%}
  {%- set first = 'cast(' ~ setting('position_first_weight') ~ ' as double precision)' -%}
  {%- set last = 'cast(' ~ setting('position_last_weight') ~ ' as double precision)' -%}
  case
        when {{ count }} = 1 then 1
        when {{ count }} = 2 then case when {{ touch_index }} = 1 then {{ first }} else {{ last }} end / ({{ first }} + {{ last }})
        when {{ touch_index }} = 1 then {{ first }}
        when {{ touch_index }} = {{ count }} then {{ last }}
        else (1 - {{ first }} - {{ last }}) / ({{ count }} - 2)
    end
{%- endmacro %}


{# The credit of a touch as a double; 1 for the row of an order without touches. #}
{% macro credit(value) -%}
  cast(case when touch_count is null then 1 else {{ value }} end as double precision)
{%- endmacro %}
