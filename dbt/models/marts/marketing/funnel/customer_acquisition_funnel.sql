{{
    config(
        sort=['first_touch_month', 'attribution_channel'],
        dist='attribution_channel',
        indexes=on_postgres([{'columns': ['first_touch_month', 'attribution_channel', 'stage_number'], 'unique': true}]),
    )
}}

with people as (

    select * from {{ ref('int_customer_stages') }}

),

stages as (

    {% for stage in funnel_stages() %}
    select
        first_touch_month,
        attribution_channel,
        {{ loop.index }} as stage_number,
        '{{ stage }}' as stage,
        is_{{ stage }} as is_reached,
        case when is_{{ stage }} = 1 then {{ days_between('first_known_on', stage ~ '_on') }} end as days_to_stage
    from people
    {{ 'where is_touched = 1' if stage in ['touched', 'engaged'] }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counts as (

    select
        first_touch_month,
        attribution_channel,
        stage_number,
        stage,
        sum(is_reached) as users,
        count(case when days_to_stage < 0 then 1 end) as users_before_first_touch,
        percentile_cont(0.5) within group (order by days_to_stage) as median_days_to_stage
    from stages
    group by first_touch_month, attribution_channel, stage_number, stage

),

compared as (

    select
        counts.*,
        max(users) over (partition by first_touch_month, attribution_channel) as first_users,
        lag(users) over (partition by first_touch_month, attribution_channel order by stage_number) as previous_users
    from counts

)

select
    first_touch_month,
    attribution_channel,
    stage_number,
    stage,
    cast(users as bigint) as users,
    {{ rate('users', 'previous_users') }} as step_conversion_rate,
    {{ rate('users', 'first_users') }} as overall_conversion_rate,
    cast(previous_users - users as bigint) as drop_off,
    cast(median_days_to_stage as double precision) as median_days_to_stage,
    users_before_first_touch
from compared
