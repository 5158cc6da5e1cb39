{{ config(materialized='table') }}

with customers as (

    select
        customer_id,
        {{ first_of_month('first_purchase_date') }} as cohort_month,
        acquisition_channel,
        cast(historical_ltv as double precision) * {{ setting('margin_rate') }} as value_to_date,
        coalesce(predicted_value_52w, 0) as predicted_value_52w
    from {{ ref('customer_ltv') }}

),

totals as (

    select
        cohort_month,
        acquisition_channel,
        count(*) as customers,
        sum(value_to_date) as value_to_date,
        sum(predicted_value_52w) as predicted_value_52w
    from customers
    group by cohort_month, acquisition_channel

),

samples as (

    {{ dbt.generate_series(setting('unit_economics_samples') | int) }}

),

draws as (

    select
        customers.cohort_month,
        customers.acquisition_channel,
        samples.generated_number as sample_number,
        customers.value_to_date + customers.predicted_value_52w as customer_value,
        {{ bootstrap_hash('customers.customer_id', 'samples.generated_number') }} as hash
    from customers
    inner join totals
        on customers.cohort_month = totals.cohort_month and customers.acquisition_channel = totals.acquisition_channel
    cross join samples
    where totals.customers < {{ setting('unit_economics_min_customers') }}

),

weighted as (

    select draws.*, {{ bootstrap_weight('hash') }} as weight
    from draws

),

means as (

    select
        cohort_month,
        acquisition_channel,
        cast(sum(weight * customer_value) as double precision) / sum(weight) as mean_value
    from weighted
    group by cohort_month, acquisition_channel, sample_number
    having sum(weight) > 0

),

placed as (

    select
        means.*,
        row_number() over (partition by cohort_month, acquisition_channel order by mean_value) as place,
        count(*) over (partition by cohort_month, acquisition_channel) as samples
    from means

),

intervals as (

    select
        cohort_month,
        acquisition_channel,
        min(case when place > 0.025 * samples then mean_value end) as value_per_customer_low,
        max(case when place <= 0.975 * samples then mean_value end) as value_per_customer_high
    from placed
    group by cohort_month, acquisition_channel

)

select
    totals.*, intervals.value_per_customer_low, intervals.value_per_customer_high
from totals
left join intervals
    on totals.cohort_month = intervals.cohort_month and totals.acquisition_channel = intervals.acquisition_channel
