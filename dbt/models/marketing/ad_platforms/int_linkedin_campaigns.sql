{{ config(enabled=source_enabled('linkedin_ads')) }}

with campaigns as (

    select
        id,
        campaign_group_id,
        row_number() over (partition by id order by last_modified_at desc nulls last, campaign_group_id) as version_number
    from {{ source('ad_platforms', 'linkedin_campaigns') }}

),

campaign_groups as (

    select
        id,
        account_id,
        name,
        row_number() over (partition by id order by last_modified_at desc nulls last, name, account_id) as version_number
    from {{ source('ad_platforms', 'linkedin_campaign_groups') }}

)

select
    cast(campaigns.id as varchar(128)) as linkedin_campaign_id,
    cast(campaigns.campaign_group_id as varchar(128)) as campaign_id,
    cast(campaign_groups.name as varchar(256)) as campaign_name,
    cast(campaign_groups.account_id as varchar(64)) as account_id
from campaigns
left join campaign_groups
    on campaigns.campaign_group_id = campaign_groups.id
    and campaign_groups.version_number = 1
where campaigns.version_number = 1
