{{
    config(
        sort='kpi_name',
        dist='kpi_name',
        indexes=on_postgres([{'columns': ['kpi_name'], 'unique': true}]),
    )
}}

with kpis as (

    select * from {{ ref('executive_kpis') }}

),

latest as (

    select max(period_month) as period_month from kpis

),

worded as (

    select
        kpis.*,
        case
            when kpis.change_pct > 0 then 'up'
            when kpis.change_pct < 0 then 'down'
            when kpis.change_pct = 0 then 'unchanged'
        end as trend,
        case
            when kpis.unit in ('orders', 'customers', 'months') then cast(cast(kpis.value as numeric(18, 0)) as varchar(32))
            else cast(cast(kpis.value as numeric(18, 2)) as varchar(32))
        end as value_text,
        case kpis.unit when 'ratio' then '' when 'percent' then ' %' {{ "when 'dollars' then ' " ~ setting('reporting_currency') ~ "'" if setting('reporting_currency') != 'USD' }} else {{ dbt.concat(["' '", 'kpis.unit']) }} end as unit_text,
        cast(cast(abs(kpis.change_pct) as numeric(18, 1)) as varchar(32)) as change_text,
        cast(cast(abs(kpis.variance_pct) as numeric(18, 1)) as varchar(32)) as variance_text,
        substring(cast(kpis.period_month as varchar(10)), 1, 7) as month_text
    from kpis
    inner join latest on kpis.period_month = latest.period_month

)

select
    period_month,
    kpi_name,
    label,
    unit,
    value,
    change_pct,
    yoy_change_pct,
    target,
    variance_pct,
    status,
    cast(trend as varchar(16)) as trend,
    case
        when better = 'neutral' or trend is null or trend = 'unchanged' then null
        else (trend = 'up') = (better = 'higher')
    end as is_improvement,
    {{ analysis_date() }} as data_until,
    cast({{ dbt.concat([
        'label',
        "': '",
        "coalesce(" ~ dbt.concat(['value_text', 'unit_text']) ~ ", 'no value')",
        "' in '",
        'month_text',
        "case when trend in ('up', 'down') then " ~ dbt.concat(["', '", 'trend', "' '", 'change_text', "' % on the month before'"]) ~ " else '' end",
        "case when variance_pct <> 0 then " ~ dbt.concat(["', '", 'variance_text', "case when variance_pct > 0 then ' % above target' else ' % below target' end"]) ~ " else '' end",
        "case status when 'on_track' then ', on track' when 'at_risk' then ', at risk' when 'off_track' then ', off track' else '' end",
    ]) }} as varchar(512)) as headline
from worded
