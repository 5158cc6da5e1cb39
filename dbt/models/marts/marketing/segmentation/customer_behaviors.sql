{{ config(sort='customer_id', dist='customer_id', indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}])) }}

with segments as (

    select * from {{ ref('customer_segmentation') }}

),

features as (

    select * from {{ ref('int_customer_features') }}

),

forecasts as (

    select customer_id, churn_risk from {{ ref('customer_ltv') }} where method = 'bg_nbd'

),

rated as (

    select
        segments.customer_id,
        segments.customer_segment,
        segments.monetary_score,
        coalesce(forecasts.churn_risk, segments.churn_risk) as churn_risk,
        case when forecasts.churn_risk is null then 'rule_of_thumb' else 'bg_nbd' end as churn_method
    from segments
    left join forecasts on segments.customer_id = forecasts.customer_id

)

select
    rated.customer_id,
    rated.customer_segment,
    case
        when features.orders = 1 then 'one_order'
        when 2 * features.promotional_orders >= features.orders then 'bargain_hunter'
        when 3 * features.weekend_orders >= 2 * features.orders then 'weekend_buyer'
        when features.products = 1 then 'one_product'
        when features.products = features.orders then 'explorer'
        else 'mixed'
    end as behavioral_cohort,
    case
        when rated.monetary_score >= 4 and rated.churn_risk = 'High' then 'valuable_leaving'
        when rated.monetary_score >= 4 and rated.churn_risk = 'Medium' then 'valuable_wavering'
        when rated.monetary_score >= 4 then 'valuable_staying'
        when rated.churn_risk = 'High' then 'leaving'
        else 'staying'
    end as predictive_segment,
    cast(rated.churn_risk as varchar(8)) as churn_risk,
    cast(rated.churn_method as varchar(16)) as churn_method,
    cast(features.first_order_amount as double precision) as first_order_amount,
    cast(coalesce(features.first_order_promotional_rate, 0) as double precision) as first_order_promotional_rate,
    cast(features.first_order_on_weekend as double precision) as first_order_on_weekend,
    cast(features.first_order_payments as double precision) as first_order_payments
from rated
inner join features on rated.customer_id = features.customer_id
