{{ config(enabled=source_enabled('linkedin_ads')) }}

with campaigns as (

    select * from {{ ref('stg_linkedin_campaigns') }}

),

campaign_groups as (

    select * from {{ ref('stg_linkedin_campaign_groups') }}

)

select
    campaigns.linkedin_campaign_id,
    campaigns.linkedin_campaign_name,
    campaigns.campaign_group_id as campaign_id,
    campaign_groups.campaign_group_name as campaign_name,
    campaign_groups.account_id
from campaigns
left join campaign_groups on campaigns.campaign_group_id = campaign_groups.campaign_group_id
