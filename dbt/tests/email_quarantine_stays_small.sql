{{ config(enabled=source_enabled('sendgrid') or source_enabled('mailchimp'), tags=['email', 'business_logic']) }}

-- More than 1 of 100 events contradict other data. Usually an export of campaigns or of sent mails is missing.
with events as (

    select
        provider,
        count(*) as events,
        count(quarantine_reason) as quarantined_events,
        max(quarantine_reason) as one_reason
    from {{ ref('int_email_events') }}
    group by provider

)

select * from events where quarantined_events > 0.01 * events
