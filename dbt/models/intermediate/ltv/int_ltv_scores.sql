{{ config(materialized='table') }}

with histories as (

    select
        histories.*,
        cast(recency_days as double precision) / 7 as recency,
        cast(age_days as double precision) / 7 as age,
        -- A customer of less than the horizon is expected to buy at most as often as so far.
        cast(purchases as double precision)
        / greatest(cast(age_days as double precision) / 7, {{ ltv_horizon_weeks() }}) as weekly_purchases,
        cast(sum(revenue) over (partition by as_of_date) as double precision)
        / sum(purchases) over (partition by as_of_date) as mean_value
    from {{ ref('int_ltv_histories') }} as histories

),

parameters as (

    select * from {{ ref('int_ltv_parameters') }}

),

months as (

    {{ ltv_months() }}

),

-- Many customers have the same number of purchases and the same age. The expensive sum depends on nothing else.
forecasts as (

    select
        shapes.as_of_date,
        shapes.frequency,
        shapes.age_days,
        months.month_number,
        months.weight,
        parameters.a + parameters.b - 1 - parameters.r as h_a,
        parameters.a - 1 as h_b,
        {{ away_from('(parameters.a + parameters.b + shapes.frequency - 1)', 0) }} as h_c,
        months.weeks / (parameters.alpha + cast(shapes.age_days as double precision) / 7 + months.weeks) as h_z
    from (select distinct as_of_date, frequency, age_days from histories) as shapes
    inner join parameters on shapes.as_of_date = parameters.as_of_date
    cross join months
    where parameters.parameter_status = 'fitted'

),

{{ hypergeometric('forecasts') }},

expected as (

    select
        as_of_date,
        frequency,
        age_days,
        sum(case when month_number = 3 then purchases end) as purchases_13w,
        sum(weight * purchases) as discounted_purchases_52w
    from (select summed.*, h_c / h_b * (1 - power(1 - h_z, h_b) * series) as purchases from summed) as sums
    group by as_of_date, frequency, age_days

),

rated as (

    select
        histories.as_of_date,
        histories.customer_id,
        histories.first_purchase_date,
        histories.last_purchase_date,
        histories.frequency,
        histories.recency_days,
        histories.age_days,
        histories.monetary_value,
        parameters.parameter_status,
        parameters.model_version,
        parameters.fitted_as_of,
        histories.weekly_purchases,
        {{ p_alive() }} as p_alive,
        {{ expected_purchase_value() }} as expected_avg_value,
        {{ no_purchase_if_alive() }} as no_purchase_if_alive
    from histories
    inner join parameters on histories.as_of_date = parameters.as_of_date

)

select
    rated.*,
    cast(case when rated.parameter_status = 'fitted' then 'bg_nbd' else 'heuristic' end as varchar(16)) as method,
    rated.p_alive * coalesce(expected.purchases_13w, rated.weekly_purchases * {{ ltv_horizon_weeks() }})
        as expected_purchases_13w,
    rated.p_alive * coalesce(expected.discounted_purchases_52w, rated.weekly_purchases * {{ ltv_discounted_weeks() }})
        as expected_purchases_52w_discounted,
    1 - rated.p_alive * (1 - rated.no_purchase_if_alive) as churn_probability
from rated
left join expected
    on rated.as_of_date = expected.as_of_date
        and rated.frequency = expected.frequency
        and rated.age_days = expected.age_days
