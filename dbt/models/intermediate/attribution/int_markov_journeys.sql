{{ config(enabled=source_enabled('touchpoints')) }}

with touchpoints as (

    select * from {{ ref('int_touches') }}

),

used as (

    select * from {{ ref('int_conversion_touches') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

days as (

    select customer_key, touched_on as event_date, 0 as is_conversion, touchpoint_id from touchpoints where customer_key is not null
    union all
    select distinct customer_key, order_date, 1, cast(null as bigint) from conversions where order_date is not null

),

-- A conversion ends the journey of the touches up to its day.
numbered as (

    select
        touchpoint_id,
        sum(is_conversion) over (
            partition by customer_key
            order by event_date, is_conversion
            rows between unbounded preceding and current row
        ) as cycle
    from days

),

journeys as (

    select
        touchpoints.touchpoint_id,
        touchpoints.customer_key,
        used.order_id,
        case when used.order_id is null then cast(numbered.cycle as integer) end as cycle,
        used.order_id is not null as is_converting,
        touchpoints.touched_at,
        touchpoints.attribution_channel
    from touchpoints
    inner join numbered on touchpoints.touchpoint_id = numbered.touchpoint_id
    left join used on touchpoints.touchpoint_id = used.touchpoint_id

)

select
    journeys.*,
    lag(attribution_channel) over (
        partition by customer_key, order_id, cycle
        order by touched_at, touchpoint_id
    ) as previous_channel,
    lead(attribution_channel) over (
        partition by customer_key, order_id, cycle
        order by touched_at, touchpoint_id
    ) as next_channel
from journeys
