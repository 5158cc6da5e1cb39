{{ config(sort='date_day') }}
{% set chance_sources = ['orders'] + (['touchpoints'] if source_enabled('touchpoints') else []) %}

with counts as (

    select cast('orders' as varchar(64)) as source_name, order_date as date_day, count(*) as actual_rows
    from {{ ref('stg_orders') }}
    where order_date is not null
    group by order_date
    {% if source_enabled('touchpoints') %}
    union all
    select cast('touchpoints' as varchar(64)) as source_name, touched_on as date_day, count(*) as actual_rows
    from {{ ref('stg_touchpoints') }}
    where touched_on is not null
    group by touched_on
    {% endif %}
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
        {{ add_days('max(date_day)', "case when source_name in ('" ~ chance_sources | join("', '") ~ "') then -1 else 0 end") }} as last_day
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
        {{ add_days('last_days.last_day', 'cast(1 - numbers.generated_number as integer)') }} as date_day
    from last_days
    cross join numbers

),

usual as (

    select
        days.source_name,
        days.date_day,
        sum(counts.actual_rows) / cast(4 as double precision) as usual_rows
    from days
    inner join counts
        on days.source_name = counts.source_name
        and {{ days_between('counts.date_day', 'days.date_day') }} in (7, 14, 21, 28)
    group by days.source_name, days.date_day

),

compared as (

    select
        days.source_name,
        days.date_day,
        coalesce(counts.actual_rows, 0) as actual_rows,
        coalesce(usual.usual_rows, 0) as usual_rows,
        {{ ratio('coalesce(counts.actual_rows, 0)', 'usual.usual_rows') }} as completeness
    from days
    left join counts on days.source_name = counts.source_name and days.date_day = counts.date_day
    left join usual on days.source_name = usual.source_name and days.date_day = usual.date_day

)

select
    source_name,
    date_day,
    cast(actual_rows as bigint) as actual_rows,
    usual_rows,
    completeness,
    case
        when usual_rows = 0 then 'complete'
        when source_name in ('{{ chance_sources | join("', '") }}') and usual_rows < {{ setting('completeness_min_rows') }} then 'not_judged'
        when source_name in ('{{ chance_sources | join("', '") }}') and actual_rows = 0 then 'missing'
        when actual_rows = 0 and usual_rows >= {{ setting('completeness_min_campaigns') }} then 'missing'
        when completeness < {{ setting('completeness_min_ratio') }} then 'low'
        else 'complete'
    end as completeness_status,
    source_name || ' has ' || cast(actual_rows as varchar(20))
    || case when source_name in ('{{ chance_sources | join("', '") }}') then ' rows' else ' campaigns with costs' end
    || ' on ' || cast(date_day as varchar(10)) || ', usually '
    || cast(cast(usual_rows as numeric(18, 2)) as varchar(20)) as message
from compared
