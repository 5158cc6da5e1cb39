{{
    config(
        enabled=source_enabled('google_analytics'),
        materialized='incremental' if setting('incremental') else 'table',
        incremental_strategy='microbatch' if setting('incremental') else none,
        event_time='date_day',
        begin=setting('microbatch_begin'),
        batch_size='day' if setting('microbatch_size') == 'hour' else setting('microbatch_size'),
        lookback=setting('microbatch_lookback') | int,
        on_schema_change='fail',
        sort='date_day',
        dist='campaign_id',
        indexes=on_postgres([{'columns': ['date_day', 'attribution_channel', 'campaign_id'], 'unique': true}]),
    )
}}

with sessions as (

    select * from {{ ref('stg_google_analytics_sessions') }}

)

select
    date_day,
    attribution_channel,
    campaign_id,
    sessions,
    engaged_sessions,
    key_events
from sessions
