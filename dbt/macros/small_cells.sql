{#
  SQL for "a group of so many people may be shown": at least the var small_cell_min, because a smaller group tells about single
  people. Queries of the dashboard and of exports leave out the other groups.
#}
{% macro may_be_shown(people) -%}
  {{ people }} >= {{ setting('small_cell_min') }}
{%- endmacro %}


{# A count of people within a shown group: null if it is small. 0 is shown. #}
{% macro shown_count(people) -%}
  case when {{ is_not_small(people) }} then {{ people }} end
{%- endmacro %}


{# SQL for "the figures of a group of so many people may be shown": nobody, whom figures can tell nothing about, or no small group. #}
{% macro is_not_small(people) -%}
  ({{ people }} = 0 or {{ may_be_shown(people) }})
{%- endmacro %}
