{{ config(enabled=source_enabled('sendgrid')) }}

with single_sends as (

    select id, name, send_at, utm_campaign from {{ source('dbt_production', 'sendgrid_single_sends') }}

)

select
    cast(id as varchar(64)) as provider_campaign_id,
    cast('sendgrid' as varchar(16)) as provider,
    cast(coalesce(nullif(trim(utm_campaign), ''), id) as varchar(128)) as campaign_id,
    cast(trim(name) as varchar(256)) as campaign_name,
    cast(send_at as timestamp) as sent_at
from single_sends
where {{ happened_by_analysis_date('cast(send_at as date)') }}
