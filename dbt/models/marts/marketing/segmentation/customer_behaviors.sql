{{ config(sort='customer_id', dist='customer_id', indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}])) }}

with segments as (

    select * from {{ ref('customer_segmentation') }}

),

features as (

    select * from {{ ref('int_customer_features') }}

)

select
    segments.customer_id,
    segments.customer_segment,
    case
        when features.orders = 1 then 'one_order'
        when 2 * features.promotional_orders >= features.orders then 'bargain_hunter'
        when 3 * features.weekend_orders >= 2 * features.orders then 'weekend_buyer'
        when features.products = 1 then 'one_product'
        when features.products = features.orders then 'explorer'
        else 'mixed'
    end as behavioral_cohort,
    case
        when segments.monetary_score >= 4 and segments.churn_risk = 'High' then 'valuable_leaving'
        when segments.monetary_score >= 4 and segments.churn_risk = 'Medium' then 'valuable_wavering'
        when segments.monetary_score >= 4 then 'valuable_staying'
        when segments.churn_risk = 'High' then 'leaving'
        else 'staying'
    end as predictive_segment,
    cast(features.first_order_amount as double precision) as first_order_amount,
    cast(coalesce(features.first_order_promotional_rate, 0) as double precision) as first_order_promotional_rate,
    cast(features.first_order_on_weekend as double precision) as first_order_on_weekend,
    cast(features.first_order_payments as double precision) as first_order_payments
from segments
inner join features on segments.customer_id = features.customer_id
