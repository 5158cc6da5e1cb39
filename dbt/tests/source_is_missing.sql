{{ config(enabled=true, severity='error') }}

{% call test_with_messages() %}
-- A day has no rows, or ads without costs, although its weekday usually has some: an import did not run.
select message from {{ ref('source_completeness') }} where completeness_status = 'missing'
{% endcall %}
