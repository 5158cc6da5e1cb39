{{ config(enabled=source_enabled('sendgrid'), event_time='occurred_at') }}

with events as (

    select
        sg_event_id,
        event,
        cast({{ dbt.dateadd('second', 'event_epoch', "cast('1970-01-01' as timestamp)") }} as timestamp) as occurred_at,
        singlesend_id,
        recipient_id,
        customer_id,
        sg_machine_open
    from {{ source('dbt_production', 'sendgrid_events') }}

)

select
    cast(sg_event_id as varchar(64)) as event_id,
    cast(singlesend_id as varchar(64)) as provider_campaign_id,
    cast(recipient_id as varchar(64)) as recipient_id,
    cast(customer_id as integer) as customer_id,
    cast(case
        when event = 'processed' then 'sent'
        when event = 'bounce' then 'bounced'
        when event = 'open' then 'opened'
        when event = 'click' then 'clicked'
        when event in ('unsubscribe', 'group_unsubscribe') then 'unsubscribed'
        when event = 'spamreport' then 'complained'
        else 'other'
    end as varchar(16)) as event_type,
    occurred_at,
    event = 'open' and coalesce(sg_machine_open, false) as is_machine_open
from events
where {{ happened_by_analysis_date('cast(occurred_at as date)') }}
