with orders as (

    select * from {{ ref('orders') }}
    where is_successful and customer_id is not null

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

aged as (

    select
        orders.customer_id,
        {{ days_between('orders.order_date', 'as_of.analysis_date') }} as age
    from orders
    cross join as_of

),

periods as (

    select
        customer_id,
        min(age) as days_since_last_order,
        sum(case when age < {{ setting('churn_decline_days') }} then 1 else 0 end) as recent_orders,
        sum(
            case
                when age >= {{ setting('churn_decline_days') }} and age < 2 * {{ setting('churn_decline_days') }} then 1
                else 0
            end
        ) as earlier_orders
    from aged
    group by customer_id

),

parts as (

    select
        customer_id,
        {{ ratio('coalesce(days_since_last_order, ' ~ setting('recency_lapsed_days') ~ ')', setting('recency_lapsed_days')) }}
            as silence,
        case
            when earlier_orders > 0 then 1 - {{ ratio('recent_orders', 'earlier_orders') }}
            when recent_orders = 0 then 1
            else 0
        end as decline
    from periods

)

select
    customer_id,
    50 * greatest(0, least(1, silence)) + 50 * greatest(0, decline) as churn_risk_score
from parts
