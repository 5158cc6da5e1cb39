{{ config(severity='warn', enabled=source_enabled('touchpoints')) }}

{{ drift_alarms('warn') }}
