{{ config(enabled=source_enabled('touchpoints')) }}

with journeys as (

    select * from {{ ref('int_markov_journeys') }}

),

moves as (

    select '(start)' as from_state, attribution_channel as to_state, count(*) as moves
    from journeys
    where previous_channel is null
    group by attribution_channel
    union all
    select
        attribution_channel,
        coalesce(next_channel, case when is_converting then '(conversion)' else '(null)' end),
        count(*)
    from journeys
    group by 1, 2

)

select
    from_state,
    to_state,
    moves,
    {{ ratio('moves', 'sum(moves) over (partition by from_state)') }} as probability
from moves
