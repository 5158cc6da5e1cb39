{% set reports = ad_detail_reports() %}
{{ config(tags=['critical', 'integration'], enabled=reports | length > 0) }}

-- Each level of details has the figures of all campaigns of its platform, by campaign and day. fct_ad_performance can have days
-- that an incremental run did not load yet, so both sides are tables of this build.
{% for report in reports %}
select
    '{{ report.source }}' as report,
    coalesce(campaigns.campaign_id, details.campaign_id) as campaign_id,
    coalesce(campaigns.date_day, details.date_day) as date_day,
    campaigns.spend,
    details.spend as spend_of_details
from (
    select campaign_id, date_day, sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend
    from {{ ref('fct_ad_performance') }}
    where platform = '{{ report.platform }}'
    group by campaign_id, date_day
) as campaigns
full join (
    select campaign_id, date_day, sum(impressions) as impressions, sum(clicks) as clicks, sum(spend) as spend
    from {{ ref('ad_detail_performance') }}
    where platform = '{{ report.platform }}' and detail_level = '{{ report.level }}'
    group by campaign_id, date_day
) as details
    on campaigns.campaign_id = details.campaign_id and campaigns.date_day = details.date_day
where coalesce(campaigns.impressions, 0) <> coalesce(details.impressions, 0)
    or coalesce(campaigns.clicks, 0) <> coalesce(details.clicks, 0)
    or coalesce(campaigns.spend, 0) <> coalesce(details.spend, 0)
{{ 'union all' if not loop.last }}
{% endfor %}
