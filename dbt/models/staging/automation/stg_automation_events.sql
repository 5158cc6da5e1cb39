{{ config(enabled=source_enabled('automation')) }}

with events as (

    select
        event_id,
        enrolment_id,
        step_number,
        event,
        occurred_at
    from {{ source('dbt_production', 'automation_events') }}
    where {{ happened_by_analysis_date('cast(occurred_at as date)') }}

),

numbered as (

    select
        events.*,
        row_number() over (partition by event_id order by occurred_at) as row_position
    from events

)

select
    cast(event_id as varchar(128)) as event_id,
    cast(enrolment_id as varchar(64)) as enrolment_id,
    cast(step_number as integer) as step_number,
    cast(event as varchar(16)) as event_type,
    cast(occurred_at as timestamp) as occurred_at
from numbered
where row_position = 1
