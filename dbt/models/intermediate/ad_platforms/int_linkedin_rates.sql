{# A table, because the views that read it would be a chain that is too long. #}
{{ config(enabled=source_enabled('linkedin_ads'), materialized='table') }}

select
    cast(coalesce(campaigns.account_id, 'unknown') as varchar(64)) as account_id,
    coalesce({{ ratio('sum(analytics.cost_in_usd)', 'sum(analytics.cost_in_local_currency)') }}, 1) as dollars_per_local_unit
from {{ ref('stg_linkedin_ads_analytics') }} as analytics
left join {{ ref('int_linkedin_campaigns') }} as campaigns on analytics.linkedin_campaign_id = campaigns.linkedin_campaign_id
group by coalesce(campaigns.account_id, 'unknown')
