{% set reports = ad_detail_reports() %}
{{ config(enabled=reports | length > 0, sort='date_day', dist='campaign_id', indexes=on_postgres([{'columns': ['campaign_id', 'date_day']}])) }}
{% set keys = 'date_day, platform, account_id, campaign_id' %}
{% set measures = ['impressions', 'clicks', 'spend', 'conversions', 'conversions_value'] %}

with details as (

    select * from {{ ref('int_ad_details') }}

),

campaigns as (

    select * from {{ ref('fct_ad_performance') }}

),

-- What the campaigns report and, as negative figures, what their details report.
figures as (

    {% for report in reports %}
    select {{ keys }}, cast('{{ report.level }}' as varchar(16)) as detail_level, {{ measures | join(', ') }}
    from campaigns
    where platform = '{{ report.platform }}'
    union all
    {% endfor %}
    select {{ keys }}, detail_level, -{{ measures | join(', -') }} from details

),

unattributed as (

    select
        {{ keys }},
        detail_level,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from figures
    group by {{ keys }}, detail_level
    having {% for measure in measures %}sum({{ measure }}) <> 0{{ ' or ' if not loop.last }}{% endfor %}

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
    conversions,
    conversions_value,
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
    cast(conversions as numeric(18, 4)),
    cast(conversions_value as numeric(18, 6)),
    true
from unattributed
