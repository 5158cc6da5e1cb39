{% set without_touch = "attribution_channel = '" ~ setting('unattributed_channel') ~ "'" if source_enabled('touchpoints') else '1 = 0' %}

with stages as (

    select
        stage_number,
        stage,
        sum(case when {{ without_touch }} then 0 else users end) as people,
        sum(case when {{ without_touch }} then users else 0 end) as people_without_touch
    from {{ ref('customer_acquisition_funnel') }}
    group by stage_number, stage

)

select
    stage_number,
    stage,
    people,
    people_without_touch,
    {{ rate('people', 'lag(people) over (order by stage_number)') }} as step_conversion_rate,
    {{ rate('people', 'max(people) over ()') }} as overall_conversion_rate
from stages
order by stage_number
