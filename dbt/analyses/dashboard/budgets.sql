{{ config(enabled=ads_enabled() and source_enabled('budgets')) }}

select
    budgets.month,
    budgets.platform,
    budgets.budget,
    budgets.spend,
    budgets.remaining,
    budgets.elapsed_share,
    budgets.expected_spend,
    budgets.pacing,
    budgets.pacing_status
from {{ ref('budget_performance') }} as budgets
where budgets.month = (
    select {{ first_of_month('max(data_until)') }} from {{ ref('executive_summary') }}
)
order by budgets.budget desc nulls last, budgets.platform asc
