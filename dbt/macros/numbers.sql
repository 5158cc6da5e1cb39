{# Dollars with two decimals. #}
{% macro money(amount) -%}
  cast({{ amount }} as numeric(18, 2))
{%- endmacro %}


{# A quotient as a double; null when the denominator is 0. #}
{% macro ratio(numerator, denominator) -%}
  cast({{ numerator }} as double precision) / nullif({{ denominator }}, 0)
{%- endmacro %}


{# A percentage, 0 to 100, as a double; null when the denominator is 0. #}
{% macro rate(numerator, denominator) -%}
  100 * cast({{ numerator }} as double precision) / nullif({{ denominator }}, 0)
{%- endmacro %}
