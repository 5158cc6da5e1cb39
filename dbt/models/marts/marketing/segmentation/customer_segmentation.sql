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
    case
        when rated.churn_risk = 'High' and rfm.recency_score >= 3 then 'Retain: personal check-in before any new offer'
        when rfm.customer_segment = 'Champions' then 'Reward: early access and referral offers'
        when rfm.customer_segment = 'Loyal Customers' then 'Upsell: larger baskets and a loyalty programme'
        when rfm.customer_segment = 'Potential Loyalists' then 'Nurture: recommend products and a membership'
        when rfm.customer_segment = 'New Customers' then 'Welcome: onboarding series and a second-order offer'
        when rfm.customer_segment = 'At Risk' then 'Reactivate: personal reminder with a limited offer'
        when rfm.customer_segment = 'Can''t Lose Them' then 'Win back: personal contact and the best offer'
        else 'Revive at low cost: seasonal mailing only'
    end as marketing_action
from rfm
left join preferences on rfm.customer_id = preferences.customer_id
left join rated on rfm.customer_id = rated.customer_id
