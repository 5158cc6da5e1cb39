{{ config(enabled=source_enabled('meta_ads')) }}

with insights as (

    select
        coalesce(trim(account_id), 'unknown') as account_id,
        trim(campaign_id) as campaign_id,
        campaign_name,
        cast(date_start as date) as date_day,
        impressions,
        clicks,
        cast(nullif(trim(spend), '') as numeric(18, 6)) as spend,
        actions,
        action_values,
        loaded_at
    from {{ source('ad_platforms', 'meta_ads_insights') }}
    where date_start is not null
        and campaign_id is not null
        and {{ happened_by_analysis_date('cast(date_start as date)') }}

),

numbered as (

    select
        insights.*,
        row_number() over (
            partition by account_id, campaign_id, date_day
            order by loaded_at desc nulls last, spend desc nulls last, impressions desc nulls last, actions nulls last
        ) as row_position
    from insights

),

latest as (

    select
        account_id,
        campaign_id,
        campaign_name,
        date_day,
        impressions,
        clicks,
        spend,
        {{ parsed_json('actions') }} as actions,
        {{ parsed_json('action_values') }} as action_values
    from numbered
    where row_position = 1

),

{% for measure, entries in {'conversions': 'actions', 'conversions_value': 'action_values'}.items() %}
{{ measure }} as (

    select
        account_id,
        campaign_id,
        date_day,
        sum(cast({{ entry_text('value') }} as numeric(18, 6))) as {{ measure }}
    from latest, {{ json_entries('latest.' ~ entries) }}
    where {{ entry_text('action_type') }} in ('{{ setting('meta_conversion_action_types') | join("', '") }}')
    group by account_id, campaign_id, date_day

){{ ',' if not loop.last }}

{% endfor %}

select
    cast(latest.date_day as date) as date_day,
    cast('meta_ads' as varchar(64)) as platform,
    cast(latest.account_id as varchar(64)) as account_id,
    cast(latest.campaign_id as varchar(128)) as campaign_id,
    cast(latest.campaign_name as varchar(256)) as campaign_name,
    cast(coalesce(latest.impressions, 0) as bigint) as impressions,
    cast(coalesce(latest.clicks, 0) as bigint) as clicks,
    cast(coalesce(latest.spend, 0) as numeric(18, 6)) as spend,
    cast(coalesce(conversions.conversions, 0) as numeric(18, 4)) as conversions,
    cast(coalesce(conversions_value.conversions_value, 0) as numeric(18, 6)) as conversions_value
from latest
left join conversions
    on latest.account_id = conversions.account_id
    and latest.campaign_id = conversions.campaign_id
    and latest.date_day = conversions.date_day
left join conversions_value
    on latest.account_id = conversions_value.account_id
    and latest.campaign_id = conversions_value.campaign_id
    and latest.date_day = conversions_value.date_day
