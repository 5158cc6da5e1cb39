-- The reports of the ad platforms about the campaigns in the temporary table flights, each in its own format.
-- Every choice is a slice of an MD5, as in world.sql, which has the macro pick(). Amounts are whole cents.

create temp table ad_days as
select
    campaign_id, campaign_name, platform, day,
    h, clicks,
    clicks * (30 + pick(h, 1, 50)) as impressions,
    clicks * (40 + pick(h, 2, 60)) as cents,
    -- About one purchase for fifteen clicks, which is more than the shop sees, because platforms overclaim.
    (clicks * (2 + pick(h, 3, 10))) // 100 as purchases,
    3000 + pick(h, 4, 2400) as purchase_cents
from (
    select
        campaign_id, campaign_name, platform, day::date as day, h,
        (if(month(day) in (11, 12), 14, 9) + pick(h, 0, 12))::bigint as clicks
    from (
        select flights.*, unnest(generate_series(first_day, last_day, interval 1 day)) as day
        from flights
    ),
    lateral (select md5_number(getvariable('seed') || ' ad ' || campaign_id || ' ' || day::date) as h)
);

-- The last 28 days have two loads: one on the next day, and one after all conversions were known.
create temp table loads as
select ad_days.*, (day + 1)::timestamp + interval 255 minute as loaded_at, 1 as known_of_2 from ad_days
union all
select ad_days.*, timestamp '2026-01-01 04:15:00', 2
from ad_days
where day between date '2025-12-04' and date '2025-12-30';

create temp table reports as
select
    * exclude (purchases, known_of_2),
    if(day >= date '2025-12-04' and known_of_2 = 1, purchases // 2, purchases) as purchases
from loads;

-- Meta reports a purchase under two action types. On some days it sends no actions.
create table meta_ads_insights as
select
    'act_77001' as account_id,
    campaign_id, campaign_name,
    day as date_start,
    day as date_stop,
    'USD' as account_currency,
    impressions::bigint as impressions,
    clicks::bigint as clicks,
    (cents // 100) || '.' || lpad((cents % 100)::varchar, 2, '0') as spend,
    if(pick(h, 5, 40) = 0, null, format(
        '[{{"action_type":"link_click","value":"{}"}},{{"action_type":"purchase","value":"{}"}},{{"action_type":"omni_purchase","value":"{}"}}]',
        clicks, purchases, purchases
    )) as actions,
    if(pick(h, 5, 40) = 0, null, format(
        '[{{"action_type":"purchase","value":"{}.{}"}}]',
        purchases * purchase_cents // 100, lpad((purchases * purchase_cents % 100)::varchar, 2, '0')
    )) as action_values,
    loaded_at
from reports
where platform = 'meta_ads';

-- Google splits a day by network, counts conversions in fractions, and has no row for one day.
create table google_ads_campaign_stats as
select
    '880-120-3344' as customer_id,
    campaign_id, campaign_name,
    day as segments_date,
    network as segments_ad_network_type,
    'USD' as customer_currency_code,
    if(network = 'SEARCH', impressions - impressions // 5, impressions // 5)::bigint as metrics_impressions,
    if(network = 'SEARCH', clicks - clicks // 5, clicks // 5)::bigint as metrics_clicks,
    (if(network = 'SEARCH', cents - cents // 5, cents // 5) * 10000 + pick(h, 5, 5000))::bigint as metrics_cost_micros,
    if(network = 'SEARCH', purchases * 0.75, purchases * 0.25)::numeric(18, 2) as metrics_conversions,
    (if(network = 'SEARCH', 75, 25) * purchases * purchase_cents / 10000)::numeric(18, 2) as metrics_conversions_value,
    loaded_at
from reports, unnest(['SEARCH', 'SEARCH_PARTNERS']) as networks (network)
where platform = 'google_ads'
    and day <> date '2024-05-17'
    and (network = 'SEARCH' or month(day) in (11, 12));

-- Single ads since October 2025, as Airbyte writes them: two ad sets or ad groups for each campaign. Some ads were deleted, and
-- the report no longer has their costs. Google hides rare keywords.
create table ads_insights as
select
    'act_77001' as account_id,
    campaign_id,
    campaign_id || '-s' || part as adset_id,
    if(part = 1, 'Broad', 'Lookalike') as adset_name,
    campaign_id || '-a' || part as ad_id,
    if(part = 1, 'Barista', 'Beans') as ad_name,
    day as date_start,
    if(part = 1, impressions - impressions // 3, impressions // 3)::bigint as impressions,
    if(part = 1, clicks - clicks // 3, clicks // 3)::bigint as clicks,
    (if(part = 1, cents - cents // 3, cents // 3) / 100)::numeric(18, 2) as spend,
    if(pick(h, 5, 40) = 0, null, format(
        '[{{"action_type":"link_click","value":"{}"}},{{"action_type":"purchase","value":"{}"}},{{"action_type":"omni_purchase","value":"{}"}}]',
        clicks, purchases_of_part, purchases_of_part
    )) as actions,
    if(pick(h, 5, 40) = 0, null, format(
        '[{{"action_type":"purchase","value":"{}.{}"}}]',
        purchases_of_part * purchase_cents // 100, lpad((purchases_of_part * purchase_cents % 100)::varchar, 2, '0')
    )) as action_values,
    loaded_at as _airbyte_extracted_at
from reports, range(1, 3) as parts (part),
    lateral (select if(part = 1, purchases - purchases // 3, purchases // 3) as purchases_of_part)
where platform = 'meta_ads' and day >= date '2025-10-01' and (part = 1 or pick(h, 6, 30) > 0);

create table ad_group_ad_legacy as
select
    customer_id,
    campaign_id,
    campaign_id || '-g' || part as ad_group_id,
    if(part = 1, 'Exact', 'Phrase') as ad_group_name,
    campaign_id || '-a' || part as ad_group_ad_ad_id,
    if(part = 1, 'Fresh roast', 'Free shipping') as ad_group_ad_ad_name,
    '["https://shop.example.com/' || if(part = 1, 'beans', 'offers') || '?utm_campaign=' || campaign_id || '"]'
        as ad_group_ad_ad_final_urls,
    segments_date,
    segments_ad_network_type,
    if(part = 1, metrics_impressions - metrics_impressions // 4, metrics_impressions // 4)::bigint as metrics_impressions,
    if(part = 1, metrics_clicks - metrics_clicks // 4, metrics_clicks // 4)::bigint as metrics_clicks,
    if(part = 1, metrics_cost_micros - metrics_cost_micros // 4, metrics_cost_micros // 4)::bigint as metrics_cost_micros,
    (metrics_conversions * if(part = 1, 0.8, 0.2))::numeric(18, 4) as metrics_conversions,
    (metrics_conversions_value * if(part = 1, 0.8, 0.2))::numeric(18, 4) as metrics_conversions_value,
    loaded_at as _airbyte_extracted_at
from google_ads_campaign_stats, range(1, 3) as parts (part)
where segments_date >= date '2025-10-01';

create table keyword_view as
select
    customer_id,
    campaign_id,
    campaign_id || '-g1' as ad_group_id,
    'Exact' as ad_group_name,
    campaign_id || '-k' || part as ad_group_criterion_criterion_id,
    if(part = 1, 'coffee beans', 'travel mug') as ad_group_criterion_keyword_text,
    segments_date,
    segments_ad_network_type,
    (metrics_impressions * (3 - part) // 4)::bigint as metrics_impressions,
    (metrics_clicks * (3 - part) // 4)::bigint as metrics_clicks,
    (metrics_cost_micros * (3 - part) // 4)::bigint as metrics_cost_micros,
    (metrics_conversions * (3 - part) / 4)::numeric(18, 4) as metrics_conversions,
    (metrics_conversions_value * (3 - part) / 4)::numeric(18, 4) as metrics_conversions_value,
    loaded_at as _airbyte_extracted_at
from google_ads_campaign_stats, range(1, 3) as parts (part)
where segments_date >= date '2025-10-01';

-- LinkedIn reports its campaigns, which belong to a group. Other platforms call the group a campaign. This account pays
-- in euros, shows its ads on working days, and is two days late.
create table linkedin_ads_analytics as
select
    'urn:li:sponsoredCampaign:' || (310 + part) as pivot_value,
    day as date_range_start,
    day as date_range_end,
    (impressions // 2)::bigint as impressions,
    (clicks // 2)::bigint as clicks,
    (cents * 108 // 100 / 100)::numeric(18, 2)::varchar as cost_in_usd,
    (cents / 100)::numeric(18, 2)::varchar as cost_in_local_currency,
    ((purchases + part - 1) // 2)::integer as external_website_conversions,
    (((purchases + part - 1) // 2) * purchase_cents / 100)::numeric(18, 2)::varchar as conversion_value_in_local_currency,
    loaded_at
from reports, range(1, 3) as parts (part)
where platform = 'linkedin_ads' and dayofweek(day) between 1 and 5 and day <= date '2025-12-29';

create table linkedin_campaigns (id varchar, campaign_group_id varchar, name varchar, last_modified_at timestamp);
insert into linkedin_campaigns values
('311', 'li-3001', 'Office managers', '2024-05-01 09:00:00'),
('312', 'li-3001', 'HR', '2024-05-01 09:00:00'),
('312', 'li-3001', 'People and culture', '2024-07-15 10:30:00');

create table linkedin_campaign_groups (id varchar, account_id varchar, name varchar, currency varchar, last_modified_at timestamp);
insert into linkedin_campaign_groups values
('li-3001', '5090', 'Office Cofee', 'EUR', '2024-05-01 09:00:00'),
('li-3001', '5090', 'Office Coffee', 'EUR', '2024-05-02 08:10:00');

-- Single ads of LinkedIn since October 2025, as Airbyte writes them: two creatives for each campaign. One was deleted.
create table ad_creative_analytics as
select
    split_part(pivot_value, ':', 4) || '0' || part as sponsoredcreative,
    date_range_start as start_date,
    date_range_end as end_date,
    if(part = 1, impressions - impressions // 3, impressions // 3)::bigint as impressions,
    if(part = 1, clicks - clicks // 3, clicks // 3)::bigint as clicks,
    (cost_in_usd::numeric(18, 2) * if(part = 1, 0.7, 0.3))::numeric(18, 4) as costinusd,
    (cost_in_local_currency::numeric(18, 2) * if(part = 1, 0.7, 0.3))::numeric(18, 4) as costinlocalcurrency,
    if(part = 2, external_website_conversions, 0)::integer as externalwebsiteconversions,
    if(part = 2, conversion_value_in_local_currency::numeric(18, 2), 0)::numeric(18, 2) as conversionvalueinlocalcurrency,
    loaded_at as _airbyte_extracted_at
from linkedin_ads_analytics, range(1, 3) as parts (part)
where date_range_start >= date '2025-10-01';

create table creatives (id varchar, campaign varchar, lastmodifiedat timestamp);
insert into creatives values
('urn:li:sponsoredCreative:31101', 'urn:li:sponsoredCampaign:312', '2025-09-28 09:00:00'),
('urn:li:sponsoredCreative:31101', 'urn:li:sponsoredCampaign:311', '2025-09-29 09:00:00'),
('urn:li:sponsoredCreative:31102', 'urn:li:sponsoredCampaign:311', '2025-09-29 09:00:00'),
('urn:li:sponsoredCreative:31202', 'urn:li:sponsoredCampaign:312', '2025-09-29 09:00:00');

-- Other platforms send spreadsheets with names typed by hand. In June the affiliate fees have no campaign.
create table ad_spend as
select
    day as date_day,
    if(platform = 'microsoft_ads' and month(day) = 8, 'Microsoft Ads ', platform) as platform,
    if(platform = 'affiliate_network' and month(day) = 6, null, campaign_id) as campaign_id,
    impressions::bigint as impressions,
    clicks::bigint as clicks,
    if(platform = 'affiliate_network' and dayofweek(day) = 0, 0, cents / 100)::numeric(18, 2) as spend
from ad_days
where platform in ('microsoft_ads', 'affiliate_network');

-- Google Analytics starts in July 2025. It writes days without hyphens, and (not set) for unknown values.
create table google_analytics_sessions as
select
    strftime(day, '%Y%m%d') as date,
    session_default_channel_group, session_source_medium, session_campaign_id,
    (base + pick(h, 0, base))::bigint as sessions,
    ((base + pick(h, 0, base)) * (40 + pick(h, 1, 40)) // 100)::bigint as engaged_sessions,
    (base + pick(h, 0, base)) * pick(h, 2, 12) // 100 as key_events,
    (day + 2)::timestamp + interval 6 hour as loaded_at
from unnest(generate_series(date '2025-07-01', date '2025-12-30', interval 1 day)) as days (instant),
    (values
        ('Direct', '(direct) / (none)', '(not set)', 30),
        ('Organic Search', 'google / organic', '(not set)', 40),
        ('Paid Search', 'google / cpc', 'gads-2001', 12),
        ('Paid Social', 'facebook / paid', 'meta-1001', 10),
        ('Unassigned', '(not set)', '(not set)', 3)
    ) as channels (session_default_channel_group, session_source_medium, session_campaign_id, base),
    lateral (select instant::date as day),
    lateral (select md5_number(getvariable('seed') || ' session ' || session_source_medium || day) as h);

-- A budget for each campaign and month, in round figures. The affiliate network has one budget as a whole. Bing has no
-- budget in 2024.
create table budgets as
select
    month, platform,
    if(platform = 'affiliate_network', null, campaign_id) as campaign_id,
    round(cents / 100 * (85 + pick(h, 0, 35)) / 1000)::integer * 10::numeric(18, 2) as budget
from (
    select date_trunc('month', day)::date as month, platform, campaign_id, sum(cents)::bigint as cents
    from ad_days
    group by all
),
lateral (select md5_number(getvariable('seed') || ' budget ' || campaign_id || month) as h)
where platform <> 'microsoft_ads' or month >= date '2025-01-01';
