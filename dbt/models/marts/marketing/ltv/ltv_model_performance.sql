{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns',
        pre_hook="{% if is_incremental() %}delete from {{ this }} where run_date = {{ analysis_date() }}{% endif %}",
        sort='run_date',
        indexes=on_postgres([{'columns': ['run_date', 'origin_date', 'forecast', 'decile'], 'unique': true}]),
    )
}}

with backtests as (

    select * from {{ ref('int_ltv_backtests') }}

),

-- The mean of the ranks that equal values share, so that the correlation does not depend on the order of equal values.
ranked as (

    select
        backtests.*,
        rank() over (partition by as_of_date, forecast order by predicted_purchases desc) as place,
        count(*) over (partition by as_of_date, forecast) as customers,
        rank() over (partition by as_of_date, forecast order by predicted_purchases)
        + (count(*) over (partition by as_of_date, forecast, predicted_purchases) - 1) / 2.0 as predicted_rank,
        rank() over (partition by as_of_date, forecast order by actual_purchases)
        + (count(*) over (partition by as_of_date, forecast, actual_purchases) - 1) / 2.0 as actual_rank
    from backtests

),

deviations as (

    select
        ranked.*,
        cast(predicted_rank - (customers + 1) / 2.0 as double precision) as predicted_deviation,
        cast(actual_rank - (customers + 1) / 2.0 as double precision) as actual_deviation,
        groups.decile
    from ranked
    inner join ({% for decile in range(11) %}select {{ decile }} as decile{{ ' union all ' if not loop.last }}{% endfor %}) as groups
        on groups.decile in (0, 1 + floor(10.0 * (ranked.place - 1) / ranked.customers))

)

select
    {{ analysis_date() }} as run_date,
    as_of_date as origin_date,
    cast(forecast as varchar(16)) as forecast,
    cast(decile as integer) as decile,
    cast(max(method) as varchar(16)) as method,
    cast(count(*) as integer) as customers,
    cast(sum(predicted_purchases) as double precision) as predicted_purchases,
    cast(sum(actual_purchases) as double precision) as actual_purchases,
    cast(sum(predicted_value) as double precision) as predicted_value,
    cast(sum(actual_value) as double precision) as actual_value,
    cast({{ rate('(sum(predicted_purchases) - sum(actual_purchases))', 'sum(actual_purchases)') }} as double precision)
        as purchases_bias_rate,
    cast({{ rate('(sum(predicted_value) - sum(actual_value))', 'sum(actual_value)') }} as double precision) as value_bias_rate,
    cast(avg(abs(predicted_purchases - actual_purchases)) as double precision) as purchases_mae,
    cast(avg(abs(predicted_value - actual_value)) as double precision) as value_mae,
    cast(avg(predicted_churn) as double precision) as predicted_churn,
    cast(avg(cast(churned as double precision)) as double precision) as actual_churn,
    cast(case when decile = 0 then {{ ratio(
        'sum(predicted_deviation * actual_deviation)',
        'sqrt(sum(predicted_deviation * predicted_deviation) * sum(actual_deviation * actual_deviation))',
    ) }} end as double precision) as rank_correlation
from deviations
group by as_of_date, forecast, decile
