{{ config(enabled=source_enabled('budgets')) }}

with budgets as (

    select
        {{ first_of_month('month') }} as budget_month,
        {{ folded_name('platform') }} as platform,
        coalesce(nullif(trim(campaign_id), ''), 'no_campaign') as campaign_id,
        budget
    from {{ source('dbt_production', 'budgets') }}
    where month is not null and platform is not null

)

select
    cast(budget_month as date) as month,
    cast(platform as varchar(64)) as platform,
    cast(campaign_id as varchar(128)) as campaign_id,
    {{ money('sum(budget)') }} as budget
from budgets
group by budget_month, platform, campaign_id
