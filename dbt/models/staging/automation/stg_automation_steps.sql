{{ config(enabled=source_enabled('automation')) }}

with steps as (

    select flow_id, flow_name, step_number, step_name from {{ source('dbt_production', 'automation_steps') }}

)

select
    cast(flow_id as varchar(64)) as flow_id,
    cast(trim(flow_name) as varchar(256)) as flow_name,
    cast(step_number as integer) as step_number,
    cast(trim(step_name) as varchar(256)) as step_name
from steps
