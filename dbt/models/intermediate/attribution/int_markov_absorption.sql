{{ config(enabled=source_enabled('touchpoints')) }}
{% set steps = setting('markov_max_channels') | int %}

with transitions as (

    select * from {{ ref('int_markov_transitions') }}

),

channels as (

    select attribution_channel, row_number() over (order by {{ byte_order('attribution_channel') }}) as state
    from (select distinct from_state as attribution_channel from transitions where from_state <> '(start)') as names

),

states as (

    select attribution_channel, state from channels where state <= {{ steps + 1 }}
    union all
    select '(start)', 0
    union all
    select '(conversion)', -1
    union all
    select '(null)', -2

),

-- One matrix per removed channel, and one (removed = 0) with all channels. Moves into a removed channel go to (null).
step_0 as (

    select
        removed.state as removed,
        from_states.state as from_state,
        to_states.state as to_state,
        case
            when to_states.state = removed.state then 0
            when to_states.state = -2 then coalesce(direct.probability, 0) + coalesce(lost.probability, 0)
            else coalesce(direct.probability, 0)
        end as p
    from states as removed
    cross join states as from_states
    cross join states as to_states
    left join transitions as direct
        on from_states.attribution_channel = direct.from_state and to_states.attribution_channel = direct.to_state
    left join transitions as lost
        on from_states.attribution_channel = lost.from_state and removed.attribution_channel = lost.to_state
        and removed.state > 0
    where removed.state >= 0 and from_states.state >= 0 and to_states.state <> 0

){% for step in range(1, steps + 1) %},

-- Moves into channel {{ step }} go to the states that it leads to.
step_{{ step }} as {{ materialized() }} (

    select removed, from_state, to_state, p + coalesce(p_in * p_out / nullif(p_leave, 0), 0) as p
    from (
        select
            removed, from_state, to_state, p,
            max(case when to_state = {{ step }} then p else 0 end) over (partition by removed, from_state) as p_in,
            max(case when from_state = {{ step }} then p else 0 end) over (partition by removed, to_state) as p_out,
            sum(case when from_state = {{ step }} and to_state <> {{ step }} then p else 0 end) over (partition by removed)
                as p_leave
        from step_{{ step - 1 }}
    ) as matrix
    where from_state <> {{ step }} and to_state <> {{ step }}

){% endfor %}

select
    states.attribution_channel as removed_channel,
    sum(case when absorbed.to_state = -1 then absorbed.p else 0 end) as conversion_probability,
    sum(case when absorbed.to_state = -2 then absorbed.p else 0 end) as null_probability,
    1 - sum(case when absorbed.to_state < 0 then absorbed.p else 0 end) as residual_probability
from step_{{ steps }} as absorbed
inner join states on absorbed.removed = states.state
where absorbed.from_state = 0
group by states.attribution_channel
