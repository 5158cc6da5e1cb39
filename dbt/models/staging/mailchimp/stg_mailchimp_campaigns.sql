{{ config(enabled=source_enabled('mailchimp')) }}

with campaigns as (

    select id, title, send_time, utm_campaign from {{ source('dbt_production', 'mailchimp_campaigns') }}

)

select
    cast(id as varchar(64)) as provider_campaign_id,
    cast('mailchimp' as varchar(16)) as provider,
    cast(coalesce(nullif(trim(utm_campaign), ''), id) as varchar(128)) as campaign_id,
    cast(trim(title) as varchar(256)) as campaign_name,
    {{ timestamp_of_iso_text('send_time') }} as sent_at
from campaigns
where {{ happened_by_analysis_date('cast(' ~ timestamp_of_iso_text('send_time') ~ ' as date)') }}
