{{ config(enabled=source_enabled('mailchimp'), event_time='occurred_at') }}

with activity as (

    select
        campaign_id,
        recipient_id,
        customer_id,
        action,
        event_timestamp
    from {{ source('dbt_production', 'mailchimp_activity') }}

),

typed as (

    select
        cast(campaign_id as varchar(64)) as provider_campaign_id,
        cast(recipient_id as varchar(64)) as recipient_id,
        cast(customer_id as integer) as customer_id,
        action,
        {{ timestamp_of_iso_text('event_timestamp') }} as occurred_at
    from activity

)

-- Mailchimp has no event ids. Rows that are equal in these columns are one activity.
select
    cast({{ dbt.hash(dbt.concat([
        "coalesce(provider_campaign_id, '')",
        "'/'",
        "coalesce(recipient_id, '')",
        "'/'",
        "coalesce(action, '')",
        "'/'",
        "coalesce(cast(occurred_at as varchar(40)), '')",
    ])) }} as varchar(64)) as event_id,
    provider_campaign_id,
    recipient_id,
    customer_id,
    cast(case
        when action = 'sent' then 'sent'
        when action = 'bounce' then 'bounced'
        when action = 'open' then 'opened'
        when action = 'click' then 'clicked'
        when action = 'unsub' then 'unsubscribed'
        when action = 'abuse' then 'complained'
        else 'other'
    end as varchar(16)) as event_type,
    occurred_at,
    cast(false as boolean) as is_machine_open
from typed
where {{ happened_by_analysis_date('cast(occurred_at as date)') }}
