{{ config(enabled=source_enabled('sendgrid') or source_enabled('mailchimp')) }}

with campaigns as (

    select * from {{ ref('int_email_campaigns') }}

),

events as (

    select * from {{ ref('email_events') }} where event_type <> 'other'

),

matched as (

    select
        events.*,
        campaigns.campaign_id,
        campaigns.sent_at as campaign_sent_at
    from events
    left join campaigns
        on events.provider = campaigns.provider
        and events.provider_campaign_id = campaigns.provider_campaign_id

),

deliveries as (

    select
        campaign_id,
        recipient_id,
        max(case when event_type = 'bounced' then 1 else 0 end) as bounces
    from matched
    where event_type in ('sent', 'bounced')
        and (occurred_at >= campaign_sent_at or campaign_sent_at is null)
    group by campaign_id, recipient_id
    having max(case when event_type = 'sent' then 1 else 0 end) = 1

)

select
    matched.provider,
    matched.event_id,
    matched.provider_campaign_id,
    matched.campaign_id,
    matched.recipient_id,
    matched.customer_id,
    matched.event_type,
    matched.occurred_at,
    matched.is_machine_open,
    case
        when matched.campaign_id is null then 'unknown_campaign'
        when matched.occurred_at < matched.campaign_sent_at then 'before_send'
        when deliveries.bounces is null then 'not_sent'
        when deliveries.bounces > 0 and matched.event_type not in ('sent', 'bounced') then 'bounced_before'
    end as quarantine_reason
from matched
left join deliveries
    on matched.campaign_id = deliveries.campaign_id
    and matched.recipient_id = deliveries.recipient_id
