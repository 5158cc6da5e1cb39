{{ config(enabled=source_enabled('ad_spend'), tags=['critical']) }}
{% set own_tables = platforms_with_own_table() %}

-- Costs of a platform that has a table of its own must not be in ad_spend as well: they would count twice.
select distinct platform
from {{ ref('stg_ad_spend') }}
where platform in ('{{ own_tables | join("', '") }}')
