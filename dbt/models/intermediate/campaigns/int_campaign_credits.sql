{{ config(enabled=ads_enabled() and source_enabled('touchpoints')) }}
{% set credit = setting('performance_attribution_model') ~ '_credit' %}

with credits as (

    select * from {{ ref('attribution_touch_credits') }}

),

conversions as (

    select * from {{ ref('int_order_conversions') }}

)

select
    {{ first_of_month('credits.order_date') }} as month,
    credits.attribution_channel,
    coalesce(credits.campaign_id, 'no_campaign') as campaign_id,
    sum(credits.{{ credit }}) as attributed_conversions,
    sum(credits.{{ credit }} * cast(credits.revenue as double precision)) as attributed_revenue,
    sum(case when conversions.is_first_conversion then credits.{{ credit }} else 0 end) as new_customers
from credits
left join conversions on credits.order_id = conversions.order_id
where credits.order_date is not null
group by 1, 2, 3
