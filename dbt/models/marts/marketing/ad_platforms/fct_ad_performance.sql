{{
    config(
        enabled=ads_enabled(),
        materialized='incremental' if setting('incremental') else 'table',
        incremental_strategy='delete+insert',
        unique_key=['date_day', 'platform'],
        event_time='date_day',
        on_schema_change='fail',
        post_hook="{% if setting('incremental') and is_incremental() %}
            delete from {{ this }}
            where (platform, date_day) in (
                select built.platform, built.date_day
                from {{ this }} as built
                inner join (select platform, max(date_day) as last_day from {{ ref('int_ad_reports') }} group by platform) as platforms
                    on built.platform = platforms.platform
                left join (select distinct platform, date_day from {{ ref('int_ad_reports') }}) as reported
                    on built.platform = reported.platform and built.date_day = reported.date_day
                where built.date_day >= {{ add_days('platforms.last_day', -setting('ad_platform_lookback_days') | int) }}
                    and reported.platform is null
            )
        {% endif %}",
        sort='date_day',
        dist='campaign_id',
        indexes=on_postgres([
            {'columns': ['date_day', 'platform', 'account_id', 'campaign_id'], 'unique': true},
            {'columns': ['campaign_id']},
        ]),
    )
}}
{% set reloads = setting('incremental') and is_incremental() %}

with reported as (

    select * from {{ ref('int_ad_reports') }}

){% if reloads %},

known as (

    select
        platform,
        max(date_day) as last_day
    from {{ this }}
    group by platform

){% endif %}

select
    reported.date_day,
    reported.platform,
    reported.account_id,
    reported.campaign_id,
    reported.campaign_name,
    reported.impressions,
    reported.clicks,
    reported.spend,
    reported.conversions,
    reported.conversions_value
from reported
{% if reloads %}
-- Platforms restate their last days, so the run replaces these days completely.
left join known on reported.platform = known.platform
where known.last_day is null
    or reported.date_day >= {{ add_days('known.last_day', -setting('ad_platform_lookback_days') | int) }}
{% endif %}
