{{ config(enabled=ad_detail_enabled('linkedin_details')) }}
{% set columns = linkedin_detail_columns() %}

with analytics as (

    select
        cast({{ columns.date_day }} as date) as date_day,
        cast({{ columns.creative_id }} as varchar(128)) as creative_id,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast({{ columns.cost_in_usd }} as numeric(18, 6)) as cost_in_usd,
        cast({{ columns.cost_in_local_currency }} as numeric(18, 6)) as cost_in_local_currency,
        cast({{ columns.conversions }} as numeric(18, 4)) as conversions,
        cast({{ columns.value_in_local_currency }} as numeric(18, 6)) as value_in_local_currency,
        {{ columns.loaded_at }} as loaded_at
    from {{ source('ad_platforms', 'linkedin_details') }}
    where {{ columns.date_day }} is not null
        and {{ columns.creative_id }} is not null
        and {{ happened_by_analysis_date('cast(' ~ columns.date_day ~ ' as date)') }}

),

numbered as (

    select
        analytics.*,
        row_number() over (
            partition by creative_id, date_day
            order by
                loaded_at desc nulls last,
                cost_in_usd desc nulls last,
                impressions desc nulls last,
                conversions desc nulls last
        ) as row_position
    from analytics

)

select
    date_day,
    creative_id,
    impressions,
    clicks,
    cost_in_usd,
    cost_in_local_currency,
    conversions,
    value_in_local_currency
from numbered
where row_position = 1
