{{
    config(
        enabled=source_enabled('sendgrid') or source_enabled('mailchimp'),
        sort='send_date',
        dist='campaign_id',
        indexes=on_postgres([{'columns': ['campaign_id'], 'unique': true}]),
    )
}}

{% set happenings = ['sent', 'bounced', 'opened', 'clicked', 'unsubscribed', 'complained'] %}

with campaigns as (

    select * from {{ ref('int_email_campaigns') }}

),

events as (

    select * from {{ ref('int_email_events') }}

),

orders as (

    select * from {{ ref('int_email_orders') }}

),

recipients as (

    select
        campaign_id,
        {%- for happening in happenings %}
        count(distinct case when event_type = '{{ happening }}' then recipient_id end) as {{ happening }},
        {%- endfor %}
        count(distinct case when event_type = 'opened' and not is_machine_open then recipient_id end) as human_opened
    from events
    where quarantine_reason is null
    group by campaign_id

),

sales as (

    select
        campaign_id,
        count(*) as conversions,
        sum(amount) as revenue
    from orders
    group by campaign_id

),

totals as (

    select
        campaigns.*,
        {%- for happening in happenings + ['human_opened'] %}
        coalesce(recipients.{{ happening }}, 0) as {{ happening }},
        {%- endfor %}
        coalesce(recipients.sent, 0) - coalesce(recipients.bounced, 0) as delivered,
        coalesce(sales.conversions, 0) as conversions,
        {{ money('coalesce(sales.revenue, 0)') }} as revenue
    from campaigns
    left join recipients on campaigns.campaign_id = recipients.campaign_id
    left join sales on campaigns.campaign_id = sales.campaign_id

)

select
    campaign_id,
    provider,
    campaign_name,
    sent_at,
    {{ business_day('sent_at') }} as send_date,
    sent,
    bounced,
    delivered,
    opened as unique_opens,
    human_opened as human_opens,
    clicked as unique_clicks,
    unsubscribed as unsubscribes,
    complained as spam_complaints,
    {{ rate('delivered', 'sent') }} as delivery_rate,
    {{ rate('bounced', 'sent') }} as bounce_rate,
    {{ rate('opened', 'delivered') }} as open_rate,
    {{ rate('human_opened', 'delivered') }} as human_open_rate,
    {{ rate('clicked', 'delivered') }} as click_rate,
    {{ rate('clicked', 'opened') }} as click_to_open_rate,
    {{ rate('unsubscribed', 'delivered') }} as unsubscribe_rate,
    {{ rate('complained', 'delivered') }} as complaint_rate,
    conversions,
    {{ rate('conversions', 'delivered') }} as conversion_rate,
    revenue,
    {{ ratio('revenue', 'delivered') }} as revenue_per_email
from totals
