{{
    config(
        enabled=source_enabled('touchpoints'),
        sort='order_date',
        dist='order_id',
        indexes=on_postgres([{'columns': ['order_id']}, {'columns': ['order_date']}]),
    )
}}

with touches as (

    select * from {{ ref('int_conversion_touches') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

weighed as (

    select
        touches.*,
        -- Ages count from the order's latest touch. This changes no share and keeps the weights above 0.
        {{ time_decay_weight('age_days - min(age_days) over (partition by order_id)') }} as time_decay_weight,
        dense_rank() over (partition by order_id order by attribution_channel) as channel_number,
        count(*) over (partition by order_id, attribution_channel) as touches_of_channel,
        max(case when attribution_channel <> 'direct' then touch_index end) over (partition by order_id) as last_non_direct_index
    from touches

),

credited as (

    select
        weighed.*,
        {{ ratio('time_decay_weight', 'sum(time_decay_weight) over (partition by order_id)') }} as time_decay_credit,
        {{ ratio(1, 'touches_of_channel * max(channel_number) over (partition by order_id)') }} as shapley_credit
    from weighed

)

select
    conversions.order_id,
    credited.touchpoint_id,
    conversions.customer_key,
    conversions.order_date,
    coalesce(
        credited.attribution_channel,
        case when conversions.is_opted_out then 'opted_out' else '{{ setting('unattributed_channel') }}' end
    ) as attribution_channel,
    credited.campaign_id,
    credited.touched_at,
    credited.touch_index,
    coalesce(credited.touch_count, 0) as touch_count,
    {{ credit("case when touch_index = 1 then 1 else 0 end") }} as first_touch_credit,
    {{ credit("case when touch_index = touch_count then 1 else 0 end") }} as last_touch_credit,
    {{ credit("case when touch_index = coalesce(last_non_direct_index, touch_count) then 1 else 0 end") }} as last_non_direct_credit,
    {{ credit(ratio(1, 'touch_count')) }} as linear_credit,
    {{ credit('time_decay_credit') }} as time_decay_credit,
    {{ credit(position_weight('touch_index', 'touch_count')) }} as position_based_credit,
    conversions.revenue,
    {{ credit('shapley_credit') }} as shapley_credit,
    cast({{ setting('attribution_window_days') }} as integer) as attribution_window_days
from conversions
left join credited on conversions.order_id = credited.order_id
