{#
  The query of a test of the newest backtest: the bias of the forecast of all purchases is above a limit, in percent. Backtests
  of fewer than ltv_min_customers customers are left out.
#}
{% macro ltv_bias_above(limit) %}
  {% call test_with_messages() %}
  select
    'the forecast of ' || cast(origin_date as varchar(10)) || ' for the next {{ ltv_horizon_weeks() }} weeks expected '
    || cast(cast(predicted_purchases as numeric(18, 0)) as varchar(20)) || ' purchases, and there were '
    || cast(cast(actual_purchases as numeric(18, 0)) as varchar(20)) || ': '
    || cast(cast(purchases_bias_rate as numeric(18, 1)) as varchar(20)) || ' %; allowed: {{ setting(limit) }} % (var {{ limit }}); '
    || 'fix: docs/ltv-calculations.md, "When the forecast is wrong"' as message
  from {{ ref('ltv_model_performance') }}
  where run_date = {{ analysis_date() }} and forecast = 'model' and decile = 0
    and customers >= {{ setting('ltv_min_customers') }}
    and abs(purchases_bias_rate) > {{ setting(limit) }}
    and origin_date = (select max(origin_date) from {{ ref('ltv_model_performance') }} where run_date = {{ analysis_date() }})
  {% endcall %}
{% endmacro %}
