{{ config(enabled=true, severity='error') }}

{% call test_with_messages() %}
-- A day has no rows, or ads without any costs, where there are some on its weekday: an import that did not run.
select message from {{ ref('source_completeness') }} where completeness_status = 'missing'
{% endcall %}
