{{ config(sort='date_day') }}
{% set touches = {'touchpoints': ['stg_touchpoints', 'touched_on']} if source_enabled('touchpoints') else {} %}
{% set chance_sources = dict({'orders': ['stg_orders', 'order_date']}, **touches) %}
{% set by_chance = "source_name in ('" ~ chance_sources | join("', '") ~ "')" %}

with counts as (

    {% for source, (model, day) in chance_sources.items() %}
    {{ 'union all' if not loop.first }}
    select cast('{{ source }}' as varchar(64)) as source_name, {{ day }} as date_day, count(*) as actual_rows
    from {{ ref(model) }}
    where {{ day }} is not null
    group by {{ day }}
    {% endfor %}
    {% if ads_enabled() %}
    union all
    select platform as source_name, date_day, sum(case when spend > 0 then 1 else 0 end) as actual_rows
    from {{ ref('fct_ad_performance') }}
    group by platform, date_day
    {% endif %}

),

-- The newest day of orders and touches may be incomplete. The newest day of a platform is complete.
last_days as (

    select
        source_name,
        min(date_day) as first_day,
        {{ add_days('max(date_day)', 'case when ' ~ by_chance ~ ' then -1 else 0 end') }} as last_day
    from counts
    where date_day <= {{ analysis_date() }}
    group by source_name

),

numbers as (

    {{ dbt.generate_series(setting('completeness_days') | int) }}

),

days as (

    select
        last_days.source_name,
        last_days.first_day,
        {{ add_days('last_days.last_day', 'cast(1 - numbers.generated_number as integer)') }} as date_day
    from last_days
    cross join numbers

),

usual as (

    select
        days.source_name,
        days.date_day,
        {{ ratio('sum(case when ' ~ days_between('counts.date_day', 'days.date_day') ~ ' in (7, 14, 21, 28) then actual_rows else 0 end)', 4) }}
            as weekday_rows,
        case when days.first_day <= {{ add_months('days.date_day', -3) }} then
            {{ ratio('sum(case when counts.date_day in (' ~ same_day_of_months('days.date_day', 3) ~ ') then actual_rows else 0 end)', 3) }}
        end as month_day_rows
    from days
    inner join counts on days.source_name = counts.source_name and days.date_day > counts.date_day
    group by days.source_name, days.first_day, days.date_day

),

compared as (

    select
        days.source_name,
        days.date_day,
        coalesce(counts.actual_rows, 0) as actual_rows,
        coalesce(least(coalesce(usual.month_day_rows, usual.weekday_rows), usual.weekday_rows), 0) as usual_rows
    from days
    left join counts on days.source_name = counts.source_name and days.date_day = counts.date_day
    left join usual on days.source_name = usual.source_name and days.date_day = usual.date_day

)

select
    source_name,
    date_day,
    cast(actual_rows as bigint) as actual_rows,
    usual_rows,
    {{ ratio('actual_rows', 'usual_rows') }} as completeness,
    case
        when usual_rows = 0 then 'complete'
        when {{ by_chance }} and usual_rows < {{ setting('completeness_min_rows') }} then 'not_judged'
        when {{ by_chance }} and actual_rows = 0 then 'missing'
        when actual_rows = 0 and usual_rows >= {{ limit_of('source_name', 'completeness_min_campaigns') }} then 'missing'
        when actual_rows < {{ limit_of('source_name', 'completeness_min_ratio') }} * usual_rows then 'low'
        else 'complete'
    end as completeness_status,
    source_name || ' has ' || cast(actual_rows as varchar(20))
    || case when {{ by_chance }} then ' rows' else ' campaigns with costs' end
    || ' on ' || cast(date_day as varchar(10)) || ', usually ' || cast(cast(usual_rows as numeric(18, 2)) as varchar(20)) as message
from compared
