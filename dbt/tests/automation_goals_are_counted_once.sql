{{ config(enabled=source_enabled('automation'), tags=['automation', 'integration']) }}

-- Goals and revenue of a flow's steps are those of its enrolments.
with steps as (

    select flow_id, sum(goal_conversions) as goal_conversions, sum(revenue) as revenue
    from {{ ref('automation_flows') }}
    group by flow_id

),

goals as (

    select flow_id, count(*) as goal_conversions, sum(amount) as revenue
    from {{ ref('int_automation_goals') }}
    group by flow_id

)

select
    steps.flow_id,
    steps.goal_conversions,
    steps.revenue,
    goals.goal_conversions as expected_goal_conversions,
    goals.revenue as expected_revenue
from steps
left join goals on steps.flow_id = goals.flow_id
where steps.goal_conversions <> coalesce(goals.goal_conversions, 0) or steps.revenue <> coalesce(goals.revenue, 0)
