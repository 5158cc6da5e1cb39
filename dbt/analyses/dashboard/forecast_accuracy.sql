with performance as (

    select * from {{ ref('ltv_model_performance') }}

),

latest as (

    select max(run_date) as run_date from performance

),

-- All origins of the last run together. Origins with few customers count less.
totals as (

    select
        performance.forecast,
        performance.decile,
        sum(performance.customers) as customers,
        count(*) as backtests,
        sum(performance.predicted_purchases) as predicted_purchases,
        sum(performance.actual_purchases) as actual_purchases,
        sum(performance.customers * performance.purchases_mae) as absolute_errors,
        sum(performance.customers * performance.predicted_churn) as predicted_churners,
        sum(performance.customers * performance.actual_churn) as actual_churners,
        sum(case when performance.actual_churn is not null then performance.customers end) as judged_customers,
        max(performance.method) as method
    from performance
    inner join latest on performance.run_date = latest.run_date
    group by performance.forecast, performance.decile

)

select
    model.decile,
    model.customers,
    model.backtests,
    model.method,
    model.predicted_purchases,
    model.actual_purchases,
    {{ rate('(model.predicted_purchases - model.actual_purchases)', 'model.actual_purchases') }} as bias_rate,
    {{ ratio('model.absolute_errors', 'model.customers') }} as model_error,
    {{ ratio('naive.absolute_errors', 'naive.customers') }} as naive_error,
    {{ rate('model.predicted_churners', 'model.customers') }} as predicted_churn_rate,
    {{ rate('model.actual_churners', 'model.judged_customers') }} as actual_churn_rate
from totals as model
left join totals as naive on model.decile = naive.decile and naive.forecast = 'naive' and naive.decile = 0
where model.forecast = 'model'
order by model.decile
