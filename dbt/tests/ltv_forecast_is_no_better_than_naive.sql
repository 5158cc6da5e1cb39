{{ config(severity='warn', tags=['ltv']) }}
-- depends_on: {{ ref('stg_orders') }}

{% call test_with_messages() %}
select
    'the mean error of the forecasts of ' || cast(count(*) as varchar(10)) || ' backtests is '
    || cast(cast(avg(model.purchases_mae) as numeric(18, 3)) as varchar(20)) || ' purchases per customer, and that of the naive forecast '
    || cast(cast(avg(naive.purchases_mae) as numeric(18, 3)) as varchar(20))
    || '; allowed: less than the naive one; fix: docs/ltv-calculations.md, "When the forecast is wrong"' as message
from {{ ref('ltv_model_performance') }} as model
inner join {{ ref('ltv_model_performance') }} as naive
    on model.run_date = naive.run_date and model.origin_date = naive.origin_date and model.decile = naive.decile
where model.run_date = {{ analysis_date() }} and model.decile = 0
    and model.forecast = 'model' and naive.forecast = 'naive'
    and model.customers >= {{ setting('ltv_min_customers') }}
having avg(model.purchases_mae) >= avg(naive.purchases_mae)
{% endcall %}
