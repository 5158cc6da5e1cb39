{{
    config(
        enabled=ads_enabled() and source_enabled('budgets'),
        sort='month',
        indexes=on_postgres([{'columns': ['month', 'platform'], 'unique': true}]),
    )
}}
{% set tolerance = setting('pacing_tolerance') %}

with budgets as (

    select
        month,
        platform,
        sum(budget) as budget
    from {{ ref('stg_budgets') }}
    group by month, platform

),

costs as (

    select
        {{ first_of_month('date_day') }} as month,
        platform,
        {{ money('sum(spend)') }} as spend
    from {{ ref('fct_ad_performance') }}
    group by 1, 2

),

platforms as (

    select * from {{ ref('int_platform_channels') }}

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

combined as (

    select
        coalesce(budgets.month, costs.month) as month,
        coalesce(budgets.platform, costs.platform) as platform,
        budgets.budget,
        {{ money('coalesce(costs.spend, 0)') }} as spend
    from budgets
    full outer join costs
        on budgets.month = costs.month
        and budgets.platform = costs.platform

),

paced as (

    select
        combined.*,
        {{ elapsed_share('combined.month', 'as_of.analysis_date') }} as elapsed_share
    from combined
    cross join as_of

),

measured as (

    select
        paced.*,
        {{ ratio('spend', 'budget * elapsed_share') }} as pacing
    from paced

)

select
    measured.month,
    measured.platform,
    platforms.attribution_channel,
    {{ money('measured.budget') }} as budget,
    measured.spend,
    {{ money('measured.budget - measured.spend') }} as remaining,
    cast(measured.elapsed_share as double precision) as elapsed_share,
    cast(measured.budget * measured.elapsed_share as double precision) as expected_spend,
    measured.pacing,
    {{ rate('(measured.spend - measured.budget)', 'measured.budget') }} as variance_pct,
    case
        when measured.budget is null then 'no_budget'
        when measured.elapsed_share = 0 then 'not_started'
        when measured.pacing is null and measured.spend > 0 then 'over'
        when measured.pacing > 1 + {{ tolerance }} then 'over'
        when measured.pacing < 1 - {{ tolerance }} then 'under'
        else 'on_track'
    end as pacing_status
from measured
inner join platforms on measured.platform = platforms.platform
