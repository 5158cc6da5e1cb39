{{ config(tags=['critical', 'business_logic'], enabled=source_enabled('touchpoints')) }}

with orders as (

    select
        order_id,
        sum(first_touch_credit) as first_touch,
        sum(last_touch_credit) as last_touch,
        sum(last_non_direct_credit) as last_non_direct,
        sum(linear_credit) as linear,
        sum(time_decay_credit) as time_decay,
        sum(position_based_credit) as position_based,
        sum(shapley_credit) as shapley
    from {{ ref('attribution_touch_credits') }}
    group by order_id

)

select *
from orders
where abs(first_touch - 1) > 1e-9
    or abs(last_touch - 1) > 1e-9
    or abs(last_non_direct - 1) > 1e-9
    or abs(linear - 1) > 1e-9
    or abs(time_decay - 1) > 1e-9
    or abs(position_based - 1) > 1e-9
    or abs(shapley - 1) > 1e-9
