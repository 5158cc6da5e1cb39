with consent as (

    select * from {{ ref('int_customer_consent') }}

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

{% if source_enabled('sendgrid') or source_enabled('mailchimp') %}
messages as (

    select
        events.customer_id,
        {{ days_between(business_day('events.occurred_at'), 'as_of.analysis_date') }} as age
    from {{ ref('int_email_events') }} as events
    cross join as_of
    where events.event_type = 'sent' and events.quarantine_reason is null

),

{% else %}
messages as (

    select consent.customer_id, 0 as age from consent where 1 = 0

),

{% endif %}
contacts as (

    select
        customer_id,
        min(age) as days_since_last_message,
        sum(case when age < {{ setting('fatigue_days') }} then 1 else 0 end) as recent_messages
    from messages
    group by customer_id

)

select
    consent.customer_id,
    consent.may_be_contacted,
    contacts.days_since_last_message,
    cast(coalesce(contacts.recent_messages, 0) as integer) as recent_messages
from consent
left join contacts on consent.customer_id = contacts.customer_id
