{# The weeks of a forecast of purchases, which are three months of a year of 52 weeks. #}
{% macro ltv_horizon_weeks() %}
  {{ return(13) }}
{% endmacro %}


{#
  CTEs that compute Gauss's hypergeometric function 2F1(h_a, h_b; h_c; h_z) of the columns of the relation `name`, with
  0 <= h_z < 1. The last CTE, `summed`, has the columns of the relation and the result as `series`.

  The function is the sum 1 + q0 z (1 + q1 z (1 + ...)) with qj = (h_a + j)(h_b + j) / ((h_c + j)(j + 1)), computed from the
  innermost term outwards. Each CTE adds ten terms, because parsers limit the depth of an expression. The terms after the
  last one are nearly a geometric series, so the sum starts with the value of that series.
#}
{% macro hypergeometric(name, terms=200) -%}
  {%- set step = 10 -%}
  series_{{ terms }} as (

    select {{ name }}.*, 1 / (1 - h_z * (h_a + {{ terms }}) * (h_b + {{ terms }}) / ((h_c + {{ terms }}) * {{ terms + 1 }})) as series_{{ terms }}
    from {{ name }}

),

{% for first in range(terms - step, -1, -step) -%}
{{ 'series_' ~ first if first else 'summed' }} as (

    select
        series_{{ first + step }}.*,
        {% for j in range(first, first + step) -%}
        1 + h_z * (h_a + {{ j }}) * (h_b + {{ j }}) / ((h_c + {{ j }}) * {{ j + 1 }}) * (
        {%- endfor -%}
        series_{{ first + step }}{{ ')' * step }} as {{ 'series_' ~ first if first else 'series' }}
    from series_{{ first + step }}

){{ ',\n\n' if first }}
{%- endfor %}
{%- endmacro %}


{#
  A power of a positive number, from 1e-304 to 1e304. PostgreSQL and Redshift stop with an error when a result of power() is
  too small or too large.
#}
{% macro bounded_power(base, exponent) -%}
  exp(greatest(-700, least(700, ({{ exponent }}) * ln({{ base }}))))
{%- endmacro %}


{# A number, moved away from a value at which a formula has a gap. The formula is continuous there. #}
{% macro away_from(number, gap) -%}
  case when abs({{ number }} - {{ gap }}) < 1e-6 then {{ gap }} + 1e-6 else {{ number }} end
{%- endmacro %}


{#
  The as-of dates of lifetime values: analysis_date, then the origins of the backtests, each one horizon earlier than the one
  before it.
#}
{% macro ltv_as_of_dates() -%}
  {%- for origin in range(setting('ltv_backtest_origins') | int + 1) -%}
  select {{ add_days(analysis_date(), -7 * ltv_horizon_weeks() * origin) }} as as_of_date
  {{- ' union all\n    ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{#
  The months of a forecast of a year, with the weight of the purchases up to each month in the discounted sum. The sum of
  discount ^ n times the purchases in month n alone is the sum of these weights times the purchases in months 1 to n.
#}
{% macro ltv_months() -%}
  {%- for month in range(1, 13) -%}
  select {{ month }} as month_number, cast({{ month * 52 / 12 }} as double precision) as weeks, cast({{ ltv_weight(month) }} as double precision) as weight
  {{- ' union all\n    ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{% macro ltv_weight(month) -%}
  {%- set factor = 1 / (1 + setting('ltv_monthly_discount_rate') | float) -%}
  {{ return(factor ** month - (factor ** (month + 1) if month < 12 else 0)) }}
{%- endmacro %}


{# The weeks of a year, each discounted as a purchase in it is. #}
{% macro ltv_discounted_weeks() -%}
  {%- set sum = namespace(weeks=0) -%}
  {%- for month in range(1, 13) -%}
  {%- set sum.weeks = sum.weeks + month * 52 / 12 * ltv_weight(month) -%}
  {%- endfor -%}
  {{ return(sum.weeks) }}
{%- endmacro %}


{#
  The probability that a customer is still alive, that is, will buy again at some time. BG/NBD knows of no drop-out before the
  first repeat purchase, so it is 1 for one purchase. The heuristic is (recency / age) to the power of the purchases.
#}
{% macro p_alive() -%}
  case
            when parameter_status <> 'fitted' and frequency = 0 then 0
            when parameter_status <> 'fitted' then {{ bounded_power('recency / age', 'frequency + 1') }}
            when frequency = 0 then 1
            else 1 / (1 + {{ bounded_power('(alpha + age) / (alpha + recency)', 'r + frequency') }} * a / (b + frequency - 1))
        end
{%- endmacro %}


{#
  The expected value of a purchase. Gamma-Gamma pulls the mean of a customer's repeat purchases towards the mean of all
  customers, the more the fewer there are. The heuristic adds three purchases of the mean value to the customer's own.
#}
{% macro expected_purchase_value() -%}
  case
            when parameter_status = 'fitted' and p * frequency + q > 1
                then p * (v + frequency * monetary_value) / (p * frequency + q - 1)
            else (revenue + 3 * mean_value) / (purchases + 3)
        end
{%- endmacro %}


{#
  The probability of no purchase in the next churn_horizon_days, for a customer who is alive. The heuristic assumes purchases
  at random times, at the customer's rate.
#}
{% macro no_purchase_if_alive() -%}
  {%- set weeks = (setting('churn_horizon_days') | float) / 7 -%}
  case
            when parameter_status = 'fitted' then {{ bounded_power('(alpha + age) / (alpha + age + ' ~ weeks ~ ')', 'r + frequency') }}
            else exp(-{{ weeks }} * weekly_purchases)
        end
{%- endmacro %}
