with customers as (

    select * from {{ ref('customer_ltv') }} where churn_risk is not null

)

select
    churn_risk,
    {{ setting('churn_horizon_days') }} as churn_horizon_days,
    count(*) as customers,
    {{ rate('count(*)', 'sum(count(*)) over ()') }} as customer_share,
    sum(expected_purchases_13w) as expected_purchases_13w,
    sum(predicted_value_52w) as predicted_value_52w,
    {{ rate('sum(predicted_value_52w)', 'sum(sum(predicted_value_52w)) over ()') }} as predicted_value_share
from customers
group by churn_risk
having {{ may_be_shown('count(*)') }}
order by min(churn_probability) desc
