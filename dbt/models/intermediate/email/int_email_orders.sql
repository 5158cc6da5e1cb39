{{ config(enabled=source_enabled('sendgrid') or source_enabled('mailchimp')) }}

with events as (

    select * from {{ ref('int_email_events') }}

),

orders as (

    select * from {{ ref('orders') }}

),

interactions as (

    select
        campaign_id,
        customer_id,
        event_id,
        occurred_at,
        {{ business_day('occurred_at') }} as occurred_on,
        cast({{ business_time('cast(' ~ dbt.dateadd('hour', setting('email_attribution_hours'), 'occurred_at') ~ ' as timestamp)') }} as timestamp) as counts_until
    from events
    where quarantine_reason is null
        and event_type = '{{ 'opened' if setting('email_attribution_event') == 'open' else 'clicked' }}'
        and not is_machine_open

),

-- Orders have no time of day. The window ends at the start of the day, but an interaction on that day also counts.
candidates as (

    select
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.amount,
        interactions.campaign_id,
        row_number() over (
            partition by orders.order_id
            order by interactions.occurred_at desc, interactions.event_id desc
        ) as row_position
    from orders
    inner join interactions
        on orders.customer_id = interactions.customer_id
        and orders.order_date >= interactions.occurred_on
        and cast(orders.order_date as timestamp) <= interactions.counts_until
    where orders.is_successful

)

select
    order_id,
    customer_id,
    order_date,
    campaign_id,
    amount
from candidates
where row_position = 1
