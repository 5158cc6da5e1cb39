{% set reports = ad_detail_reports() %}
{{ config(enabled=reports | length > 0, sort='date_day', dist='campaign_id', indexes=on_postgres([{'columns': ['campaign_id', 'date_day']}])) }}

with details as (

    select * from {{ ref('int_ad_details') }}

),

campaigns as (

    select * from {{ ref('fct_ad_performance') }}

),

-- What the campaigns report and, as negative figures, what their details report.
figures as (

    {% for report in reports %}
    select
        date_day, platform, account_id, campaign_id, cast('{{ report.level }}' as varchar(16)) as detail_level, impressions, clicks, spend
    from campaigns
    where platform = '{{ report.platform }}'
    union all
    {% endfor %}
    select date_day, platform, account_id, campaign_id, detail_level, -impressions, -clicks, -spend from details

),

unattributed as (

    select
        date_day,
        platform,
        account_id,
        campaign_id,
        detail_level,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(spend) as spend
    from figures
    group by date_day, platform, account_id, campaign_id, detail_level
    having sum(impressions) <> 0 or sum(clicks) <> 0 or sum(spend) <> 0

)

select
    date_day,
    platform,
    account_id,
    campaign_id,
    detail_level,
    ad_group_id,
    ad_group_name,
    ad_id,
    ad_name,
    keyword_id,
    keyword,
    url,
    impressions,
    clicks,
    spend,
    false as is_unattributed
from details
union all
select
    date_day,
    platform,
    account_id,
    campaign_id,
    detail_level,
    cast('unattributed' as varchar(128)),
    cast(null as varchar(256)),
    cast(null as varchar(128)),
    cast(null as varchar(256)),
    cast(null as varchar(128)),
    cast(null as varchar(256)),
    cast(null as varchar(2048)),
    cast(impressions as bigint),
    cast(clicks as bigint),
    cast(spend as numeric(18, 6)),
    true
from unattributed
