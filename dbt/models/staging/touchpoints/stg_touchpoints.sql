{{ config(enabled=source_enabled('touchpoints'), event_time='touched_at') }}

with touchpoints as (

    select
        touchpoint_id,
        customer_id,
        {{ utc_time('touched_at') }} as touched_at,
        channel,
        campaign_id{{ ',' if setting('stitch_anonymous_touches') }}
        {% if setting('stitch_anonymous_touches') %}
        cast(nullif(trim(anonymous_id), '') as varchar(128)) as anonymous_id
        {% endif %}
    from {{ source('dbt_production', 'touchpoints') }}

)

select
    cast(touchpoint_id as bigint) as touchpoint_id,
    cast(customer_id as bigint) as customer_id,
    cast(touched_at as timestamp) as touched_at,
    {{ business_day('touched_at') }} as touched_on,
    cast(coalesce(nullif({{ folded_name('channel') }}, ''), 'unknown') as varchar(64)) as attribution_channel,
    cast(nullif(trim(campaign_id), '') as varchar(128)) as campaign_id,
    {{ 'anonymous_id' if setting('stitch_anonymous_touches') else 'cast(null as varchar(128)) as anonymous_id' }}
from touchpoints
where {{ happened_by_analysis_date(business_day('touched_at')) }}
    {%- if setting('touch_retention_days') | int %}
    and (touched_at is null or {{ business_day('touched_at') }} >= {{ touch_retention_start() }})
    {%- endif %}
