{{ config(severity='error', enabled=source_enabled('touchpoints')) }}

{{ drift_alarms('error') }}
