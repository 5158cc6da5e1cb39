{{
    config(
        enabled=source_enabled('sendgrid') or source_enabled('mailchimp'),
        sort='occurred_at',
        dist='recipient_id',
        indexes=on_postgres([{'columns': ['event_id'], 'unique': true}]),
    )
}}

with events as (

    select * from {{ ref('int_email_events') }}

)

select * from events where quarantine_reason is not null
