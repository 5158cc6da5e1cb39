{% set without_touch = "attribution_channel = '" ~ setting('unattributed_channel') ~ "'" if source_enabled('touchpoints') else '1 = 0' %}

with stages as (

    select
        stage_number,
        stage,
        sum(case when {{ without_touch }} then 0 else users end) as people,
        sum(case when {{ without_touch }} then users else 0 end) as people_without_touch
    from {{ ref('customer_acquisition_funnel') }}
    group by stage_number, stage

),

rated as (

    select
        stages.*,
        {{ rate('people', 'lag(people) over (order by stage_number)') }} as step_conversion_rate,
        {{ rate('people', 'max(people) over ()') }} as overall_conversion_rate
    from stages

)

select
    stage_number,
    stage,
    people,
    {{ shown_count('people_without_touch') }} as people_without_touch,
    step_conversion_rate,
    overall_conversion_rate
from rated
where {{ is_not_small('people') }}
order by stage_number
