{{
    config(
        enabled=source_enabled('touchpoints'),
        sort='order_date',
        dist='order_id',
        indexes=on_postgres([{'columns': ['touchpoint_id'], 'unique': true}, {'columns': ['order_id']}]),
    )
}}

with conversions as (

    select * from {{ ref('int_conversions') }}

),

touchpoints as (

    select * from {{ ref('int_touches') }}

)

select
    conversions.order_id,
    touchpoints.touchpoint_id,
    conversions.customer_key,
    conversions.order_date,
    conversions.revenue,
    touchpoints.attribution_channel,
    touchpoints.campaign_id,
    touchpoints.touched_at,
    {{ days_between('touchpoints.touched_on', 'conversions.order_date') }} as age_days,
    cast(row_number() over (
        partition by conversions.order_id
        order by touchpoints.touched_at, touchpoints.touchpoint_id
    ) as integer) as touch_index,
    cast(count(*) over (partition by conversions.order_id) as integer) as touch_count
from conversions
inner join touchpoints
    on conversions.customer_key = touchpoints.customer_key
    and touchpoints.touched_on <= conversions.order_date
    and touchpoints.touched_on >= {{ add_days('conversions.order_date', '-' ~ setting('attribution_window_days')) }}
    -- Touches up to the previous conversion count for that conversion.
    and (conversions.previous_conversion_date is null or touchpoints.touched_on > conversions.previous_conversion_date)
