{{ config(enabled=source_enabled('automation')) }}

with enrolments as (

    select * from {{ ref('stg_automation_enrolments') }}

),

events as (

    select * from {{ ref('stg_automation_events') }}

),

passages as (

    select
        enrolment_id,
        step_number,
        min(case when event_type = 'entered' then occurred_at end) as entered_at,
        min(case when event_type = 'completed' then occurred_at end) as completed_at,
        min(case when event_type = 'exited' then occurred_at end) as exited_at
    from events
    group by enrolment_id, step_number

)

select
    enrolments.flow_id,
    passages.step_number,
    passages.enrolment_id,
    enrolments.customer_id,
    enrolments.enrolled_at,
    passages.entered_at,
    coalesce(passages.completed_at, passages.exited_at) as left_at,
    case
        when passages.completed_at is not null then 'completed'
        when passages.exited_at is not null then 'exited'
        else 'active'
    end as passage_status
from passages
inner join enrolments on passages.enrolment_id = enrolments.enrolment_id
where passages.entered_at is not null
