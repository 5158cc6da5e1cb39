{{
    config(
        enabled=source_enabled('touchpoints'),
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns',
        pre_hook="{% if is_incremental() %}delete from {{ this }} where run_date = {{ analysis_date() }}{% endif %}",
        sort='run_date',
        indexes=on_postgres([{'columns': ['run_date', 'metric', 'dimension'], 'unique': true}]),
    )
}}

with drift as (

    select * from {{ ref('attribution_drift') }}

),

newest as (

    select * from drift where week = (select max(week) from drift)

),

metrics as (

    select week, 'credit_share' as metric, attribution_model || '/' || attribution_channel as dimension, credit_share as metric_value
    from newest
    union all
    select distinct week, 'model_disagreement' as metric, attribution_channel as dimension, model_disagreement as metric_value
    from newest
    union all
    select distinct week, 'stability_index' as metric, attribution_model as dimension, stability_index as metric_value
    from newest
    where stability_index is not null

)

select
    {{ analysis_date() }} as run_date,
    cast(metric as varchar(32)) as metric,
    cast(dimension as varchar(128)) as dimension,
    week,
    cast(metric_value as double precision) as metric_value
from metrics
