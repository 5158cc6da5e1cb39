{% set stitched = setting('stitch_anonymous_touches') %}
{{ config(enabled=source_enabled('touchpoints'), materialized='table' if stitched else 'view') }}
{# Both are read in every case, so that dbt knows them whatever the var is. #}
{% set touchpoints = ref('touchpoints') %}
{% set staged = ref('stg_touchpoints') %}

{% if stitched %}
with touchpoints as (

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

)

select
    touchpoint_id,
    coalesce(customer_id, max(login_customer_id) over (partition by anonymous_id, login_number)) as customer_id,
    touched_at,
    touched_on,
    attribution_channel,
    campaign_id,
    customer_id is null and max(login_customer_id) over (partition by anonymous_id, login_number) is not null as is_stitched
from numbered
{% else %}
select
    touchpoint_id,
    customer_id,
    touched_at,
    touched_on,
    attribution_channel,
    campaign_id,
    false as is_stitched
from {{ touchpoints }}
{% endif %}
