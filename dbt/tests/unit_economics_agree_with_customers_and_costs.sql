{{ config(tags=['ltv', 'integration']) }}

with sums as (

    select
        sum(customers) as customers,
        sum(value_to_date) as value_to_date,
        sum(predicted_value_52w) as predicted_value_52w,
        coalesce(sum(spend), 0) as spend,
        count(spend) as costs
    from {{ ref('unit_economics') }}

),

customers as (

    select
        count(*) as customers,
        coalesce(sum(historical_ltv), 0) * {{ setting('margin_rate') }} as value_to_date,
        coalesce(sum(predicted_value_52w), 0) as predicted_value_52w
    from {{ ref('customer_ltv') }}

),

costs as (

    {% if ads_enabled() %}
    select coalesce(sum(spend), 0) as spend from {{ ref('fct_ad_performance') }}
    {% else %}
    select 0 as spend
    {% endif %}

)

select sums.*
from sums
cross join customers
cross join costs
where coalesce(sums.customers, 0) <> customers.customers
    or abs(coalesce(sums.value_to_date, 0) - customers.value_to_date) > 0.005
    or abs(coalesce(sums.predicted_value_52w, 0) - customers.predicted_value_52w) > 1e-6 * (1 + customers.predicted_value_52w)
    -- Each month of a channel is rounded to a cent.
    or abs(sums.spend - costs.spend) > 0.005 * sums.costs + 0.0001
