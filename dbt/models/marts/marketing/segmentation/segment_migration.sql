{{
    config(
        sort='run_date',
        indexes=on_postgres([{'columns': ['run_date', 'from_segment', 'to_segment'], 'unique': true}]),
    )
}}

with changes as (

    select
        run_date,
        coalesce(from_segment, 'none') as from_segment,
        coalesce(to_segment, 'none') as to_segment
    from {{ ref('customer_segment_changes') }}
    where run_date <= {{ analysis_date() }}

),

moves as (

    select
        run_date,
        from_segment,
        to_segment,
        cast(count(*) as integer) as customers
    from changes
    group by run_date, from_segment, to_segment

)

select
    run_date,
    from_segment,
    to_segment,
    customers,
    {{ rate('customers', 'sum(customers) over (partition by run_date, from_segment)') }} as share_of_moves
from moves
