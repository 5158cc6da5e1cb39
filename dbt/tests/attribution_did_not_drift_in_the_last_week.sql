{{ config(severity='warn', enabled=source_enabled('touchpoints')) }}

-- A campaign that started or ended, or tracking that broke: docs/attribution-models.md says how to tell.
select week, attribution_model, attribution_channel, credit_share, baseline_share, stability_index
from {{ ref('attribution_drift') }}
where status = 'drift' and week = (select max(week) from {{ ref('attribution_drift') }})
