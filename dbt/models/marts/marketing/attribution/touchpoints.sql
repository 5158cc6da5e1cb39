{{
    config(
        enabled=source_enabled('touchpoints'),
        materialized='incremental' if setting('incremental') else 'table',
        incremental_strategy='microbatch' if setting('incremental') else none,
        event_time='touched_at',
        begin=setting('microbatch_begin'),
        batch_size=setting('microbatch_size'),
        lookback=setting('microbatch_lookback') | int,
        on_schema_change='fail',
        post_hook="{% if setting('incremental') and setting('touch_retention_days') | int %}
            delete from {{ this }} where touched_on < {{ touch_retention_start() }}
        {% endif %}",
        sort='touched_at',
        dist='customer_key',
        indexes=on_postgres([
            {'columns': ['touchpoint_id'], 'unique': true},
            {'columns': ['touched_at']},
            {'columns': ['customer_key', 'touched_on']},
        ]),
    )
}}

with touchpoints as (

    select * from {{ ref('stg_touchpoints') }}

)

select
    touchpoint_id,
    {{ customer_key('customer_id') }} as customer_key,
    touched_at,
    touched_on,
    attribution_channel,
    campaign_id
from touchpoints
where touched_at is not null
