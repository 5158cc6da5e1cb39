-- What happens to sources between two runs, on DuckDB and PostgreSQL: new rows, late ones, corrections, repeats, deletions.
insert into dbt_production.customers (id, first_name, last_name) values (900001, 'New', 'N.');
insert into dbt_production.orders (id, user_id, order_date, status, product_name) values
(900001, 900001, date '2026-01-02', 'completed', 'Travel Mug'),
(900002, 1196, date '2026-01-02', 'completed', 'Travel Mug'),
(900003, 5, date '2024-02-29', 'completed', 'Late Arrival');
insert into dbt_production.payments (id, order_id, payment_method, amount) values
(900001, 900001, 'credit_card', 4000), (900002, 900002, 'coupon', 1000), (900003, 900003, 'gift_card', 2500);

update dbt_production.orders set status = 'returned' where id in (10, 11, 12, 4000);
update dbt_production.orders set status = 'completed' where status = 'shipped';
update dbt_production.payments set amount = amount + 1000 where id in (20, 21, 5000);
delete from dbt_production.payments where id in (30, 31);
delete from dbt_production.payments where order_id = 40;
delete from dbt_production.orders where id = 40;

insert into dbt_production.touchpoints (touchpoint_id, customer_id, touched_at, channel, campaign_id) values
(900001, 900001, timestamp '2026-01-01 12:00:00', 'email', null),
(900002, 1196, timestamp '2025-12-20 08:30:00', 'paid_social', 'meta-1001'),
(900003, null, timestamp '2025-11-01 00:00:00', 'direct', null);
delete from dbt_production.touchpoints where touched_at >= timestamp '2025-12-31 18:00:00' and touchpoint_id < 900000;
update dbt_production.touchpoints set touched_at = timestamp '2025-11-15 10:00:00'
where touchpoint_id = (select max(touchpoint_id) from dbt_production.touchpoints where touched_at < timestamp '2025-12-20 00:00:00');

-- A restated day and campaign, a new day, a campaign whose costs were taken back, a campaign that loads its last day again.
update dbt_production.ad_spend set spend = spend * 2, clicks = clicks + 1 where date_day = date '2025-12-15';
insert into dbt_production.ad_spend (date_day, platform, campaign_id, impressions, clicks, spend) values
(date '2026-01-01', 'microsoft_ads', 'msads-4001', 500, 10, 7.5);
delete from dbt_production.ad_spend where date_day = date '2025-12-20' and campaign_id = 'msads-4001';
insert into dbt_production.google_ads_campaign_stats
select
    customer_id, campaign_id, campaign_name, segments_date, segments_ad_network_type, customer_currency_code,
    metrics_impressions, metrics_clicks, metrics_cost_micros * 2, metrics_conversions + 1, metrics_conversions_value,
    timestamp '2026-01-02 04:15:00'
from dbt_production.google_ads_campaign_stats
where segments_date >= date '2025-12-28';

insert into dbt_production.google_analytics_sessions
select
    date, session_default_channel_group, session_source_medium, session_campaign_id, sessions + 5, engaged_sessions, key_events,
    timestamp '2026-01-02 06:00:00'
from dbt_production.google_analytics_sessions
where date >= '20251220';

-- Calls that come again: at once, a month later, and one of which the earlier copy arrives last. A new click, an unknown one.
insert into dbt_production.sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
select sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id
from dbt_production.sendgrid_events
where event_epoch >= 1764547200;
insert into dbt_production.sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
select distinct sg_event_id, event, 1767261600, singlesend_id, recipient_id, customer_id
from dbt_production.sendgrid_events
where event = 'click';
insert into dbt_production.sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
select distinct sg_event_id, event, event_epoch - 2592000, singlesend_id, recipient_id, customer_id
from dbt_production.sendgrid_events
where event = 'open' and event_epoch >= 1764547200;
insert into dbt_production.sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
values ('new-1', 'click', 1767261600, 'unknown', 'r1', 5);
insert into dbt_production.mailchimp_activity (campaign_id, recipient_id, customer_id, action, event_timestamp)
select campaign_id, recipient_id, customer_id, action, event_timestamp
from dbt_production.mailchimp_activity
where event_timestamp >= '2025-12-01';
delete from dbt_production.mailchimp_activity where action = 'open' and event_timestamp >= '2025-12-03';
