{% set stitched = setting('stitch_anonymous_touches') %}
{{ config(enabled=source_enabled('touchpoints'), materialized='table' if stitched else 'view') }}
{# The model names both, so that dbt knows them with each value of the var. #}
{% set touchpoints = ref('touchpoints') %}
{% set staged = ref('stg_touchpoints') %}
{% set consent = ref('int_customer_consent') %}

with {% if stitched %}touchpoints as (

    select
        touchpoint_id,
        customer_id,
        touched_at,
        touched_on,
        attribution_channel,
        campaign_id,
        anonymous_id,
        -- A login: it says which customer the visitor is.
        case when anonymous_id is not null then customer_id end as login_customer_id
    from {{ staged }}
    where touched_at is not null

),

-- From the last touch of a visitor to the first, so that a login and the touches before it have the same number.
numbered as (

    select
        touchpoints.*,
        count(login_customer_id) over (
            partition by anonymous_id
            order by touched_at desc, touchpoint_id desc
            rows between unbounded preceding and current row
        ) as login_number
    from touchpoints

),

logins as (

    select
        numbered.*,
        max(login_customer_id) over (partition by anonymous_id, login_number) as next_customer_id
    from numbered

),

{% endif %}touches as (

    select
        touchpoint_id,
        {{ customer_key('coalesce(customer_id, next_customer_id)') if stitched else 'customer_key' }} as customer_key,
        touched_at,
        touched_on,
        attribution_channel,
        campaign_id,
        {{ 'customer_id is null and next_customer_id is not null' if stitched else 'false' }} as is_stitched
    from {{ 'logins' if stitched else touchpoints }}

),

opted_out as (

    select {{ customer_key('customer_id') }} as customer_key from {{ consent }} where not may_be_profiled

)

select
    touches.touchpoint_id,
    case when opted_out.customer_key is null then touches.customer_key end as customer_key,
    touches.touched_at,
    touches.touched_on,
    touches.attribution_channel,
    touches.campaign_id,
    touches.is_stitched and opted_out.customer_key is null as is_stitched
from touches
left join opted_out on touches.customer_key = opted_out.customer_key
