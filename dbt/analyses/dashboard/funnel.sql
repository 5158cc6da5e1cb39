with stages as (

    select
        stage_number,
        stage,
        sum(users) as people
    from {{ ref('customer_acquisition_funnel') }}
    group by stage_number, stage

)

select
    stage_number,
    stage,
    people,
    {{ rate('people', 'lag(people) over (order by stage_number)') }} as step_conversion_rate,
    {{ rate('people', 'max(people) over ()') }} as overall_conversion_rate
from stages
order by stage_number
