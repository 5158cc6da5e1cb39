{{ config(enabled=source_enabled('automation')) }}

with enrolments as (

    select enrolment_id, flow_id, customer_id, enrolled_at from {{ source('dbt_production', 'automation_enrolments') }}

)

select
    cast(enrolment_id as varchar(64)) as enrolment_id,
    cast(flow_id as varchar(64)) as flow_id,
    cast(customer_id as integer) as customer_id,
    cast(enrolled_at as timestamp) as enrolled_at
from enrolments
where {{ happened_by_analysis_date('cast(enrolled_at as date)') }}
