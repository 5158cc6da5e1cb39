with kpis as (

    select * from {{ ref('executive_kpis') }}

),

latest as (

    select max(period_month) as period_month from kpis

)

select
    kpis.kpi_name,
    kpis.period_month,
    kpis.value,
    kpis.target
from kpis
cross join latest
where kpis.period_month > {{ add_months('latest.period_month', -24) }}
order by kpis.kpi_name, kpis.period_month
