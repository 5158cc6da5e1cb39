{{ config(severity='warn', enabled=source_enabled('touchpoints')) }}

-- Touches in the future, for example from a wrong clock. No order can follow them yet.
select touchpoint_id, touched_on
from {{ ref('stg_touchpoints') }}
where touched_on > {{ analysis_date() }}
