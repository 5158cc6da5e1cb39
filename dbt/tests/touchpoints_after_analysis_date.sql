{{ config(severity='warn', enabled=source_enabled('touchpoints')) }}

-- Touches that were planned, or a clock that was wrong: no order can follow them yet.
select touchpoint_id, touched_on
from {{ ref('stg_touchpoints') }}
where touched_on > {{ analysis_date() }}
