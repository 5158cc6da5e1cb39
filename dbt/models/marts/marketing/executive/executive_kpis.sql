{{
    config(
        sort=['period_month', 'kpi_name'],
        dist='kpi_name',
        indexes=on_postgres([{'columns': ['period_month', 'kpi_name'], 'unique': true}]),
    )
}}

with kpis as (

    select * from {{ ref('int_kpi_values') }}

),

definitions as (

    select * from {{ ref('kpi_definitions') }}

),

{% if source_enabled('targets') %}
targets as (

    select * from {{ ref('stg_targets') }}

),

{% endif %}
baselines as (

    select kpi_name, avg(value) as baseline_value
    from kpis
    where month_number <= {{ setting('outcome_baseline_months') }}
    group by kpi_name
    having max(month_number) = {{ setting('outcome_baseline_months') }}

),

compared as (

    select
        kpis.*,
        lag(value) over (partition by kpi_name order by period_month) as prior_value,
        lag(value, 12) over (partition by kpi_name order by period_month) as yoy_value
    from kpis

),

judged as (

    select
        compared.*,
        definitions.label,
        definitions.unit,
        definitions.better,
        definitions.expected_outcome,
        definitions.definition,
        definitions.source_model,
        case when definitions.expected_outcome is not null then baselines.baseline_value end as baseline_value,
        coalesce(
            {{ 'cast(targets.target as double precision)' if source_enabled('targets') else 'cast(null as double precision)' }},
            case
                when compared.month_number > {{ setting('outcome_baseline_months') }}
                    then baselines.baseline_value + abs(baselines.baseline_value) * definitions.expected_change / 100
            end
        ) as target,
        case definitions.better when 'lower' then -1 else 1 end as direction
    from compared
    inner join definitions on compared.kpi_name = definitions.kpi_name
    left join baselines on compared.kpi_name = baselines.kpi_name
    {% if source_enabled('targets') %}
    left join targets on compared.period_month = targets.period_month and compared.kpi_name = targets.kpi_name
    {% endif %}

)

select
    period_month,
    cast(kpi_name as varchar(64)) as kpi_name,
    label,
    unit,
    better,
    cast(value as double precision) as value,
    cast(prior_value as double precision) as prior_value,
    cast(yoy_value as double precision) as yoy_value,
    {{ rate('(value - prior_value)', 'abs(prior_value)') }} as change_pct,
    {{ rate('(value - yoy_value)', 'abs(yoy_value)') }} as yoy_change_pct,
    expected_outcome,
    cast(baseline_value as double precision) as baseline_value,
    cast(target as double precision) as target,
    {{ rate('(value - target)', 'abs(target)') }} as variance_pct,
    cast(case
        when value is null or target is null or better = 'neutral' then null
        when direction * (value - target) >= 0 then 'on_track'
        when direction * (value - target) >= -abs(target) * {{ setting('kpi_tolerance') }} / 100.0 then 'at_risk'
        else 'off_track'
    end as varchar(16)) as status,
    definition,
    source_model
from judged
