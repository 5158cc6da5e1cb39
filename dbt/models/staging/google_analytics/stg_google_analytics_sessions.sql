{{ config(enabled=source_enabled('google_analytics'), event_time='date_day') }}

with reports as (

    select
        {{ google_analytics_day('date') }} as date_day,
        {{ folded_name('session_default_channel_group') }} as channel_group,
        trim(session_source_medium) as source_medium,
        trim(session_campaign_id) as campaign_id,
        sessions,
        engaged_sessions,
        key_events,
        loaded_at
    from {{ source('dbt_production', 'google_analytics_sessions') }}
    where date is not null
        and {{ happened_by_analysis_date(google_analytics_day('date')) }}

),

numbered as (

    select
        reports.*,
        row_number() over (
            partition by date_day, channel_group, source_medium, campaign_id
            order by loaded_at desc nulls last, sessions desc nulls last, key_events desc nulls last
        ) as row_position
    from reports

),

named as (

    select
        numbered.*,
        case
            when channel_group = 'cross-network' then 'paid_search'
            when channel_group = 'affiliates' then 'affiliate'
            else coalesce(nullif(channel_group, '(not_set)'), 'unassigned')
        end as attribution_channel,
        coalesce(nullif(nullif(campaign_id, ''), '(not set)'), 'no_campaign') as known_campaign_id
    from numbered
    where row_position = 1

)

select
    cast(date_day as date) as date_day,
    cast(attribution_channel as varchar(64)) as attribution_channel,
    cast(known_campaign_id as varchar(128)) as campaign_id,
    cast(coalesce(sum(sessions), 0) as bigint) as sessions,
    cast(coalesce(sum(engaged_sessions), 0) as bigint) as engaged_sessions,
    cast(coalesce(sum(key_events), 0) as bigint) as key_events
from named
group by date_day, attribution_channel, known_campaign_id
