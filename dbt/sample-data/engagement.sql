-- E-mail campaigns, automation flows and targets for the customers and orders of schema dbt_production.
-- Every choice is a slice of an MD5 of (seed, thing), as in world.sql. Variable: seed.

-- The n-th of eight draws for a thing: 0 .. size - 1.
create or replace temp macro draw(thing, n, size) as (
    ((md5_number(getvariable('seed') || ' ' || thing) >> (16 * n)::uhugeint) & 65535)::bigint * size
) >> 16;

create table mailchimp_campaigns as
select
    'mc' || md5('newsletter ' || month)[:10] as id,
    'Newsletter ' || strftime(month, '%B %Y') as title,
    strftime(month + to_days(((9 - dayofweek(month)) % 7)::integer), '%Y-%m-%dT10:00:00+00:00') as send_time,
    'email-newsletter-' || strftime(month, '%Y-%m') as utm_campaign
from generate_series(timestamp '2024-01-01', timestamp '2025-12-01', interval 1 month) as months (month);

create table sendgrid_single_sends as
select 'sg' || md5(name)[:12] as id, name, send_at::timestamp as send_at, utm_campaign
from (
    values
    ('Spring tasting 2024', '2024-03-14 08:00', 'email-spring-tasting-2024'),
    ('Cold brew season 2024', '2024-06-06 08:00', 'email-cold-brew-2024'),
    ('Gift guide 2024', '2024-11-21 08:00', 'email-gift-guide-2024'),
    ('New year, new beans 2025', '2025-01-09 08:00', 'email-new-year-2025'),
    ('Spring tasting 2025', '2025-03-13 08:00', 'email-spring-tasting-2025'),
    ('Matcha launch 2025', '2025-08-19 08:00', 'email-matcha-launch-2025'),
    ('Gift guide 2025', '2025-11-20 08:00', 'email-gift-guide-2025'),
    ('Last delivery before the holidays 2025', '2025-12-16 08:00', 'email-last-delivery-2025')
) as single_sends (name, send_at, utm_campaign);

-- One customer of twelve gets a mailing, and so do readers who never became customers. Customers who order within four
-- days of it have often clicked before.
create temp table mailings as
with campaigns as (
    select 'mailchimp' as provider, id, replace(send_time[:19], 'T', ' ')::timestamp as sent_at from mailchimp_campaigns
    union all
    select 'sendgrid', id, send_at from sendgrid_single_sends
),

readers as (
    select id as customer_id, 'r' || md5(getvariable('seed') || ' reader ' || id)[:11] as recipient_id from customers
    union all
    select null, 'r' || md5(getvariable('seed') || ' subscriber ' || i)[:11] from range(60) as subscribers (i)
),

buyers as (
    select campaigns.id, orders.user_id as customer_id
    from campaigns
    join orders on orders.order_date between campaigns.sent_at::date + 1 and campaigns.sent_at::date + 4
    group by all
)

select
    campaigns.*, readers.*, campaigns.id || ' ' || readers.recipient_id as thing,
    draw(campaigns.id || ' ' || readers.recipient_id, 1, 100) as fate,
    draw(campaigns.id || ' ' || readers.recipient_id, 2, 100) as interest,
    buyers.customer_id is not null as is_buyer
from campaigns
cross join readers
left join buyers on buyers.id = campaigns.id and buyers.customer_id = readers.customer_id
where draw(campaigns.id || ' ' || readers.recipient_id, 0, 1200) < if(buyers.customer_id is null, 90, 500);

-- Events of a mailing with their seconds after the send. Two of a hundred mails bounce and are never opened.
create temp table happenings as
select thing, provider, id, recipient_id, customer_id, 'sent' as happening, sent_at + to_seconds(draw(thing, 3, 900)) as happened_at
from mailings
union all
select thing, provider, id, recipient_id, customer_id, 'bounced', sent_at + to_seconds(900 + draw(thing, 3, 600)) from mailings where fate < 2
union all
select thing, provider, id, recipient_id, customer_id, 'machine', sent_at + to_seconds(960 + draw(thing, 4, 120))
from mailings where fate >= 2 and interest % 5 = 0 and provider = 'sendgrid'
union all
select thing, provider, id, recipient_id, customer_id, 'opened', sent_at + to_seconds(1800 + draw(thing, 4, 60000))
from mailings where fate >= 2 and (interest < 34 or (is_buyer and interest < 80))
union all
select thing, provider, id, recipient_id, customer_id, 'opened', sent_at + to_seconds(90000 + draw(thing, 5, 60000))
from mailings where fate >= 2 and interest < 8
union all
select thing, provider, id, recipient_id, customer_id, 'clicked', sent_at + to_seconds(1900 + draw(thing, 4, 60000))
from mailings where fate >= 2 and (interest < 7 or (is_buyer and interest < 60))
union all
select thing, provider, id, recipient_id, customer_id, 'unsubscribed', sent_at + to_seconds(2000 + draw(thing, 4, 60000))
from mailings where fate = 98
union all
select thing, provider, id, recipient_id, customer_id, 'complained', sent_at + to_seconds(2100 + draw(thing, 4, 60000))
from mailings where fate = 99 and interest < 20;

-- SendGrid counts seconds since 1970, marks machine opens, and repeats a webhook call without an answer.
create table sendgrid_events as
with events as (
    select
        'e' || md5(thing || happening || happened_at)[:11] as sg_event_id,
        case happening
            when 'sent' then 'processed' when 'bounced' then 'bounce' when 'clicked' then 'click'
            when 'unsubscribed' then 'unsubscribe' when 'complained' then 'spamreport' else 'open'
        end as event,
        epoch(happened_at)::bigint as event_epoch,
        id as singlesend_id, recipient_id, customer_id,
        case when happening = 'machine' then true when happening = 'opened' then false end as sg_machine_open
    from happenings
    where provider = 'sendgrid'
)

select * from events
union all
select * from events where draw(sg_event_id, 0, 100) < 3
union all
select 'edelivered' || row_number() over (order by sg_event_id), 'delivered', event_epoch + 5, singlesend_id, recipient_id, customer_id, null
from events where event = 'processed' and draw(sg_event_id, 1, 100) < 30
union all
select 'etestsend01', 'open', 1731400000, 'sgtestsend', (select min(recipient_id) from events), null, false
union all
select 'epreview001', 'click', epoch(send_at)::bigint - 86400, id, (select min(recipient_id) from events where singlesend_id = id), null, null
from sendgrid_single_sends where utm_campaign = 'email-gift-guide-2024'
union all
select 'eforwarded1', 'open', epoch(send_at)::bigint + 7200, id, 'rforwarded01', null, false
from sendgrid_single_sends where utm_campaign = 'email-gift-guide-2025';

-- Mailchimp has no event ids and writes times as text. An export that overlaps the previous one repeats rows.
create table mailchimp_activity as
with events as (
    select
        id as campaign_id, recipient_id, customer_id,
        case happening
            when 'sent' then 'sent' when 'bounced' then 'bounce' when 'opened' then 'open' when 'clicked' then 'click'
            when 'unsubscribed' then 'unsub' when 'complained' then 'abuse'
        end as action,
        strftime(happened_at, '%Y-%m-%dT%H:%M:%S+00:00') as event_timestamp
    from happenings
    where provider = 'mailchimp'
)

select * from events
union all
select * from events where draw(campaign_id || recipient_id || action, 0, 100) < 2;

create table automation_steps (flow_id varchar, flow_name varchar, step_number integer, step_name varchar);
insert into automation_steps values
    ('welcome', 'Welcome series', 1, 'Thank you'),
    ('welcome', 'Welcome series', 2, 'How to brew'),
    ('welcome', 'Welcome series', 3, 'Second order offer'),
    ('win-back', 'Win back', 1, 'We miss you'),
    ('win-back', 'Win back', 2, 'Offer'),
    ('win-back', 'Win back', 3, 'Last call'),
    ('replenish', 'Replenishment reminder', 1, 'Running low?'),
    ('replenish', 'Replenishment reminder', 2, 'Subscribe and save'),
    ('birthday', 'Birthday greeting', 1, 'Greeting');

-- Welcome after the first order, win-back after 120 days without one, replenishment 25 days after each order of beans.
create table automation_enrolments as
with dated as (
    select
        user_id, id, order_date, product_name,
        row_number() over (partition by user_id order by order_date, id) as place,
        lead(order_date, 1, date '2026-01-01') over (partition by user_id order by order_date, id) as following_date
    from orders
),

enrolled as (
    select 'welcome' as flow_id, user_id, id, order_date::timestamp + interval 20 hour as enrolled_at
    from dated where place = 1 and draw('welcome ' || id, 0, 8) = 0
    union all
    select 'win-back', user_id, id, order_date + interval 120 day + interval 9 hour
    from dated where following_date > order_date + 120 and draw('win-back ' || id, 0, 6) = 0
    union all
    select 'replenish', user_id, id, order_date + interval 25 day + interval 9 hour
    from dated where product_name like '%Beans%' and following_date > order_date + 25 and draw('replenish ' || id, 0, 8) = 0
)

select flow_id || '-' || id as enrolment_id, flow_id, user_id as customer_id, enrolled_at
from enrolled
where enrolled_at < timestamp '2026-01-01';

-- A step takes two to five days. Of ten enrolments, seven go on, two leave the flow, and one waits if it is recent.
create table automation_events as
with steps as (
    select
        enrolments.enrolment_id, steps.step_number,
        enrolments.enrolled_at
        + to_hours(sum(48 + draw(enrolments.enrolment_id || steps.step_number, 0, 72)) over (
            partition by enrolments.enrolment_id order by steps.step_number rows between unbounded preceding and current row
        )::bigint) as left_at,
        draw(enrolments.enrolment_id || steps.step_number, 1, 10) as choice,
        enrolments.enrolled_at
    from automation_enrolments as enrolments
    join automation_steps as steps using (flow_id)
),

reached as (
    select
        *,
        lag(left_at, 1, enrolled_at) over (partition by enrolment_id order by step_number) as entered_at,
        coalesce(bool_or(choice > 7) over (
            partition by enrolment_id order by step_number rows between unbounded preceding and 1 preceding
        ), false) as is_gone
    from steps
),

events as (
    select enrolment_id, step_number, 'entered' as event, entered_at as occurred_at from reached where not is_gone
    union all
    select enrolment_id, step_number, if(choice > 7, 'exited', 'completed'), left_at
    from reached
    where not is_gone and enrolment_id <> (select min(enrolment_id) from reached where choice > 7 and step_number = 1)
)

select
    enrolment_id || '-' || step_number || '-' || event as event_id, enrolment_id, step_number, event, occurred_at
from events
where occurred_at < timestamp '2026-01-01';

create table targets as
select month::date as period_month, kpi_name, target::decimal(18, 2) as target
from generate_series(timestamp '2025-01-01', timestamp '2025-12-01', interval 1 month) as months (month)
cross join (
    values ('revenue', 11000), ('orders', 200), ('new_customers', 40), ('return_rate', 5), ('retention_month_1', 15), ('email_revenue', 400)
) as goals (kpi_name, target);
