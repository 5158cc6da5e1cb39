{{ config(enabled=source_enabled('touchpoints'), event_time='touched_at') }}

with touchpoints as (

    select touchpoint_id, customer_id, touched_at, channel, campaign_id from {{ source('dbt_production', 'touchpoints') }}

)

select
    cast(touchpoint_id as bigint) as touchpoint_id,
    cast(customer_id as bigint) as customer_id,
    cast(touched_at as timestamp) as touched_at,
    cast(touched_at as date) as touched_on,
    cast(coalesce(nullif({{ folded_name('channel') }}, ''), 'unknown') as varchar(64)) as attribution_channel,
    cast(nullif(trim(campaign_id), '') as varchar(128)) as campaign_id
from touchpoints
where {{ happened_by_analysis_date('cast(touched_at as date)') }}
