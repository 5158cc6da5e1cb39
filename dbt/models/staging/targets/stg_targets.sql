{{ config(enabled=source_enabled('targets')) }}

with targets as (

    select period_month, kpi_name, target from {{ source('dbt_production', 'targets') }}

)

select
    cast({{ first_of_month('period_month') }} as date) as period_month,
    cast(trim(kpi_name) as varchar(64)) as kpi_name,
    cast(target as numeric(18, 4)) as target
from targets
