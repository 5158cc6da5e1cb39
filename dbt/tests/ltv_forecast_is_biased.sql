{{ config(severity='warn', tags=['ltv']) }}
-- depends_on: {{ ref('stg_orders') }}

{{ ltv_bias_above('ltv_bias_warn_rate') }}
