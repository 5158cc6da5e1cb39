{{
    config(
        enabled=source_enabled('automation'),
        sort=['flow_id', 'step_number'],
        dist='flow_id',
        indexes=on_postgres([{'columns': ['flow_id', 'step_number'], 'unique': true}]),
    )
}}

with steps as (

    select * from {{ ref('stg_automation_steps') }}

),

passages as (

    select * from {{ ref('int_automation_passages') }}

),

goals as (

    select * from {{ ref('int_automation_goals') }}

),

counts as (

    select
        flow_id,
        step_number,
        count(*) as entered,
        count(case when passage_status = 'completed' then 1 end) as completed,
        count(case when passage_status = 'exited' then 1 end) as exited,
        count(case when passage_status = 'active' then 1 end) as active
    from passages
    group by flow_id, step_number

),

durations as (

    select
        flow_id,
        step_number,
        percentile_cont(0.5) within group (
            order by cast({{ dbt.datediff('entered_at', 'left_at', 'second') }} as double precision) / 3600
        ) as median_hours_in_step
    from passages
    where left_at is not null
    group by flow_id, step_number

),

sales as (

    select
        flow_id,
        step_number,
        count(*) as goal_conversions,
        sum(amount) as revenue
    from goals
    group by flow_id, step_number

)

select
    steps.flow_id,
    steps.step_number,
    steps.flow_name,
    steps.step_name,
    coalesce(counts.entered, 0) as entered,
    coalesce(counts.completed, 0) as completed,
    coalesce(counts.exited, 0) as exited,
    coalesce(counts.active, 0) as active,
    {{ rate('counts.completed', 'counts.entered') }} as step_conversion_rate,
    cast(durations.median_hours_in_step as double precision) as median_hours_in_step,
    coalesce(sales.goal_conversions, 0) as goal_conversions,
    {{ rate('coalesce(sales.goal_conversions, 0)', 'counts.entered') }} as goal_conversion_rate,
    {{ money('coalesce(sales.revenue, 0)') }} as revenue
from steps
left join counts on steps.flow_id = counts.flow_id and steps.step_number = counts.step_number
left join durations on steps.flow_id = durations.flow_id and steps.step_number = durations.step_number
left join sales on steps.flow_id = sales.flow_id and steps.step_number = sales.step_number
