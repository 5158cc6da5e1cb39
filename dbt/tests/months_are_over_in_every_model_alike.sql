{{ config(tags=['executive', 'integration']) }}

-- The summary is of the month before the last day of the data. In every model, this month and the earlier ones are over.
with summary as (

    select max(period_month) as last_month, max(data_until) as data_until from {{ ref('executive_summary') }}

)

select 'executive_summary' as model, last_month as month
from summary
where {{ add_months('last_month', 1) }} > data_until or {{ add_months('last_month', 2) }} <= data_until
{% if ads_enabled() and source_enabled('budgets') %}
union all
select 'budget_performance' as model, budgets.month
from {{ ref('budget_performance') }} as budgets
inner join summary on budgets.month <= summary.last_month
where budgets.elapsed_share <> 1
union all
select 'campaign_performance' as model, campaigns.month
from {{ ref('campaign_performance') }} as campaigns
inner join summary on campaigns.month <= summary.last_month
where abs(campaigns.pacing * campaigns.budget - campaigns.spend) > 0.005
{% endif %}
