{{ config(enabled=source_enabled('linkedin_ads')) }}

with numbered as (

    select
        id,
        campaign_group_id,
        name,
        row_number() over (partition by id order by last_modified_at desc nulls last, campaign_group_id, name) as row_position
    from {{ source('ad_platforms', 'linkedin_campaigns') }}

)

select
    cast(id as varchar(128)) as linkedin_campaign_id,
    cast(name as varchar(256)) as linkedin_campaign_name,
    cast(campaign_group_id as varchar(128)) as campaign_group_id
from numbered
where row_position = 1
