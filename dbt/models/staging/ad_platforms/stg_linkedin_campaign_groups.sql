{{ config(enabled=source_enabled('linkedin_ads')) }}

with numbered as (

    select
        id,
        account_id,
        name,
        row_number() over (partition by id order by last_modified_at desc nulls last, name, account_id) as row_position
    from {{ source('ad_platforms', 'linkedin_campaign_groups') }}

)

select
    cast(id as varchar(128)) as campaign_group_id,
    cast(name as varchar(256)) as campaign_group_name,
    cast(account_id as varchar(64)) as account_id
from numbered
where row_position = 1
