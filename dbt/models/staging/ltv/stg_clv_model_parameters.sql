{{ config(enabled=source_enabled('clv_model_parameters')) }}

with parameters as (

    select
        model_version, fitted_at, as_of_date, time_unit, r, alpha, a, b, p, q, v, log_likelihood, n_customers
    from {{ source('dbt_production', 'clv_model_parameters') }}

)

select
    cast(trim(model_version) as varchar(64)) as model_version,
    cast(fitted_at as timestamp) as fitted_at,
    cast(as_of_date as date) as as_of_date,
    -- The parameters count time in this number of days.
    cast(case when lower(trim(time_unit)) in ('day', 'days', 'd') then 1 else 7 end as integer) as days_per_unit,
    cast(r as double precision) as r,
    cast(alpha as double precision) as alpha,
    cast(a as double precision) as a,
    cast(b as double precision) as b,
    cast(p as double precision) as p,
    cast(q as double precision) as q,
    cast(v as double precision) as v,
    cast(log_likelihood as double precision) as log_likelihood,
    cast(n_customers as bigint) as n_customers
from parameters
where {{ happened_by_analysis_date('as_of_date') }}
