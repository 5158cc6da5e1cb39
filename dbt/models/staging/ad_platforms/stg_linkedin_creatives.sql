{{ config(enabled=ad_detail_enabled('linkedin_details')) }}
{% set columns = linkedin_detail_columns() %}

with creatives as (

    select
        -- Airbyte writes the names of LinkedIn's API, such as urn:li:sponsoredCreative:1.
        replace(cast(id as varchar(128)), 'urn:li:sponsoredCreative:', '') as creative_id,
        replace(cast({{ columns.campaign }} as varchar(128)), 'urn:li:sponsoredCampaign:', '') as linkedin_campaign_id,
        split_part(cast({{ columns.url }} as varchar(2048)), '?', 1) as url,
        {{ columns.modified_at }} as modified_at
    from {{ source('ad_platforms', 'linkedin_detail_creatives') }}

),

numbered as (

    select
        creatives.*,
        row_number() over (partition by creative_id order by modified_at desc nulls last, linkedin_campaign_id, url) as row_position
    from creatives

)

select
    cast(creative_id as varchar(128)) as creative_id,
    cast(linkedin_campaign_id as varchar(128)) as linkedin_campaign_id,
    cast(url as varchar(2048)) as url
from numbered
where row_position = 1
