{{
    config(
        sort='customer_id',
        dist='customer_id',
        indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}]),
    )
}}

with rfm as (

    select * from {{ ref('int_customer_rfm') }} where customer_segment <> 'opted_out'

),

preferences as (

    select * from {{ ref('int_customer_preferences') }}

),

churn as (

    select * from {{ ref('int_customer_churn') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

rated as (

    select
        customer_id,
        churn_risk_score,
        case
            when churn_risk_score >= {{ setting('churn_risk_high') }} then 'High'
            when churn_risk_score >= {{ setting('churn_risk_medium') }} then 'Medium'
            else 'Low'
        end as churn_risk
    from churn

),

-- Customers by the conditions of the rules.
customers as (

    select
        rfm.customer_id,
        rfm.customer_segment,
        rfm.recency_score,
        rated.churn_risk
    from rfm
    left join rated on rfm.customer_id = rated.customer_id

),

advised as (

    select
        customers.customer_id,
        rules.action,
        row_number() over (partition by customers.customer_id order by rules.priority) as row_position
    from customers
    inner join rules on {{ rule_applies('rules', 'customers') }}

)

select
    rfm.customer_id,
    rfm.customer_segment,
    rfm.monetary as total_revenue,
    cast(rfm.frequency as numeric(18, 2)) as total_orders,
    {{ ratio('rfm.monetary', 'rfm.frequency') }} as average_order_value,
    rfm.last_order_date,
    rfm.recency as days_since_last_order,
    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    cast(100 * rfm.recency_score + 10 * rfm.frequency_score + rfm.monetary_score as varchar(3)) as rfm_score,
    rfm.recency_score + rfm.frequency_score + rfm.monetary_score as rfm_total,
    preferences.favorite_product,
    preferences.preferred_payment_method,
    preferences.promotional_spend_ratio,
    rated.churn_risk_score,
    rated.churn_risk,
    advised.action as marketing_action
from rfm
left join preferences on rfm.customer_id = preferences.customer_id
left join rated on rfm.customer_id = rated.customer_id
left join advised on rfm.customer_id = advised.customer_id and advised.row_position = 1
