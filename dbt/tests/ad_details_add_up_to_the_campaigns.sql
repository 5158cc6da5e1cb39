{% set reports = ad_detail_reports() %}
{{ config(tags=['critical', 'integration'], enabled=reports | length > 0) }}
{% set measures = ['impressions', 'clicks', 'spend', 'conversions', 'conversions_value'] %}

-- Each level of details has the figures of all campaigns of its platform, by campaign and day. fct_ad_performance can have days
-- that an incremental run did not load yet, so both sides are tables of this build.
{% for report in reports %}
select
    '{{ report.source }}' as report,
    coalesce(campaigns.campaign_id, details.campaign_id) as campaign_id,
    coalesce(campaigns.date_day, details.date_day) as date_day,
    {% for measure in measures %}
    campaigns.{{ measure }},
    details.{{ measure }} as {{ measure }}_of_details{{ ',' if not loop.last }}
    {% endfor %}
{% for relation, condition in [('fct_ad_performance', ''), ('ad_detail_performance', " and detail_level = '" ~ report.level ~ "'")] %}
{{ 'from' if loop.first else 'full join' }} (
    select
        campaign_id,
        date_day,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(relation) }}
    where platform = '{{ report.platform }}'{{ condition }}
    group by campaign_id, date_day
) as {{ 'campaigns' if loop.first else 'details' }}
{% endfor %}
    on campaigns.campaign_id = details.campaign_id and campaigns.date_day = details.date_day
where
    {% for measure in measures %}
    coalesce(campaigns.{{ measure }}, 0) <> coalesce(details.{{ measure }}, 0){{ ' or' if not loop.last }}
    {% endfor %}
{{ 'union all' if not loop.last }}
{% endfor %}
