{{ config(severity='warn', enabled=source_enabled('touchpoints')) }}

-- A campaign started or ended, or tracking broke. docs/attribution-models.md shows how to find the cause.
select week, attribution_model, attribution_channel, credit_share, baseline_share, stability_index
from {{ ref('attribution_drift') }}
where status = 'drift' and week = (select max(week) from {{ ref('attribution_drift') }})
