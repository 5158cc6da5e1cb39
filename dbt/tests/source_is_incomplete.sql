{{ config(enabled=true, severity='warn') }}

{% call test_with_messages() %}
-- A day has less than the var completeness_min_ratio of the rows that are usual on its weekday.
select message from {{ ref('source_completeness') }} where completeness_status = 'low'
{% endcall %}
