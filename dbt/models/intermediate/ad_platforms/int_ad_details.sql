{% set reports = ad_detail_reports() %}
{{ config(enabled=reports | length > 0) }}

{% for report in reports %}
select
    date_day,
    platform,
    account_id,
    campaign_id,
    cast('{{ report.level }}' as varchar(16)) as detail_level,
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
    conversions,
    conversions_value
from {{ ref(report.model) }}
{{ 'union all' if not loop.last }}
{% endfor %}
