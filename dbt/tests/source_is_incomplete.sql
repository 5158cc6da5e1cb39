{{ config(enabled=true, severity='warn') }}

{% call test_with_messages() %}
-- A day has fewer rows than the var completeness_min_ratio of the usual rows of its weekday.
select message from {{ ref('source_completeness') }} where completeness_status = 'low'
{% endcall %}
