select
    kpi_name,
    value,
    change_pct,
    target,
    status,
    headline
from {{ ref('executive_summary') }}
order by kpi_name
