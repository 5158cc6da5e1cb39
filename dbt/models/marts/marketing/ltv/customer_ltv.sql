{{
    config(
        sort='customer_id',
        dist='customer_id',
        indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}]),
    )
}}

with purchases as (

    select * from {{ ref('int_customer_purchases') }}

),

values_so_far as (

    select
        customer_id,
        sum(orders) as successful_orders,
        sum(revenue) as historical_ltv
    from purchases
    group by customer_id

),

acquisition as (

    select * from {{ ref('int_customer_acquisition') }}

),

scores as (

    select * from {{ ref('int_ltv_scores') }} where as_of_date = {{ analysis_date() }}

)

select
    values_so_far.customer_id,
    acquisition.acquisition_channel,
    acquisition.acquisition_campaign_id,
    scores.first_purchase_date,
    scores.last_purchase_date,
    cast(values_so_far.successful_orders as numeric(18, 2)) as total_orders,
    {{ money('values_so_far.historical_ltv') }} as historical_ltv,
    {{ ratio('values_so_far.historical_ltv', 'values_so_far.successful_orders') }} as average_order_value,
    {{ months_between('scores.first_purchase_date', 'scores.last_purchase_date') }} as customer_lifespan_months,
    {{ ratio(
        'values_so_far.successful_orders',
        months_between('scores.first_purchase_date', analysis_date()) ~ ' + 1',
    ) }} as purchase_frequency,
    scores.frequency,
    scores.recency_days,
    scores.age_days,
    cast(scores.recency_days as double precision) / 7 as recency_weeks,
    cast(scores.age_days as double precision) / 7 as age_weeks,
    scores.monetary_value,
    scores.method,
    scores.parameter_status,
    scores.model_version,
    scores.fitted_as_of,
    scores.p_alive,
    scores.churn_probability,
    cast(case
        when scores.churn_probability >= {{ setting('churn_probability_high') }} then 'High'
        when scores.churn_probability >= {{ setting('churn_probability_medium') }} then 'Medium'
        when scores.churn_probability is not null then 'Low'
    end as varchar(8)) as churn_risk,
    scores.expected_purchases_13w,
    scores.expected_avg_value,
    scores.expected_purchases_13w * scores.expected_avg_value * {{ setting('margin_rate') }} as predicted_value_13w,
    scores.expected_purchases_52w_discounted * scores.expected_avg_value * {{ setting('margin_rate') }}
        as predicted_value_52w
from values_so_far
inner join acquisition on values_so_far.customer_id = acquisition.customer_id
left join scores on values_so_far.customer_id = scores.customer_id
