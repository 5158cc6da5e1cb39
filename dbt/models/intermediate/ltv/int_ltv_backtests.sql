{{ config(materialized='table') }}
{% set horizon = 7 * ltv_horizon_weeks() %}
{% set churn_horizon = setting('churn_horizon_days') | int %}

with scores as (

    select * from {{ ref('int_ltv_scores') }} where as_of_date < {{ analysis_date() }}

),

purchases as (

    select
        scores.as_of_date,
        scores.customer_id,
        cast(purchases.revenue as double precision) as revenue,
        {{ days_between('scores.as_of_date', 'purchases.purchase_date') }} as days_after
    from scores
    inner join {{ ref('int_customer_purchases') }} as purchases on scores.customer_id = purchases.customer_id

),

outcomes as (

    select
        as_of_date,
        customer_id,
        sum(case when days_after between 1 and {{ horizon }} then 1 else 0 end) as purchases_after,
        sum(case when days_after between 1 and {{ horizon }} then revenue else 0 end) as value_after,
        sum(case when days_after between {{ 1 - horizon }} and 0 then 1 else 0 end) as purchases_before,
        sum(case when days_after between {{ 1 - horizon }} and 0 then revenue else 0 end) as value_before,
        min(case when days_after between 1 and {{ churn_horizon }} then 0 else 1 end) as churned
    from purchases
    group by as_of_date, customer_id

),

-- The naive forecast: the next 13 weeks are as the last 13 weeks.
forecasts as (

    select
        scores.as_of_date,
        scores.customer_id,
        cast('model' as varchar(16)) as forecast,
        scores.method,
        scores.expected_purchases_13w as predicted_purchases,
        scores.expected_purchases_13w * scores.expected_avg_value as predicted_value,
        scores.churn_probability as predicted_churn
    from scores
    union all
    select
        as_of_date,
        customer_id,
        cast('naive' as varchar(16)) as forecast,
        cast('naive' as varchar(16)) as method,
        cast(purchases_before as double precision) as predicted_purchases,
        value_before as predicted_value,
        cast(case when purchases_before = 0 then 1 else 0 end as double precision) as predicted_churn
    from outcomes

)

select
    forecasts.as_of_date,
    forecasts.customer_id,
    forecasts.forecast,
    forecasts.method,
    forecasts.predicted_purchases,
    forecasts.predicted_value,
    forecasts.predicted_churn,
    cast(outcomes.purchases_after as integer) as actual_purchases,
    outcomes.value_after as actual_value,
    -- The time of a long churn horizon is not over for the newest origins.
    case
        when {{ add_days('forecasts.as_of_date', churn_horizon) }} <= {{ analysis_date() }} then outcomes.churned
    end as churned
from forecasts
inner join outcomes
    on forecasts.as_of_date = outcomes.as_of_date and forecasts.customer_id = outcomes.customer_id
