select
    summary.kpi_name,
    summary.label,
    summary.unit,
    summary.value,
    kpis.prior_value,
    summary.change_pct,
    summary.yoy_change_pct,
    summary.is_improvement,
    summary.target,
    summary.variance_pct,
    summary.status,
    kpis.expected_outcome,
    kpis.definition
from {{ ref('executive_summary') }} as summary
inner join {{ ref('executive_kpis') }} as kpis
    on summary.kpi_name = kpis.kpi_name and summary.period_month = kpis.period_month
order by summary.kpi_name
