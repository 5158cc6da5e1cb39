{% set stagings = {'sendgrid': 'stg_sendgrid_events', 'mailchimp': 'stg_mailchimp_activity'} %}
{{
    config(
        enabled=setting('incremental') and (source_enabled('sendgrid') or source_enabled('mailchimp')),
        severity=setting('data_fault_severity'),
    )
}}
{% set expected %}
    select
        event_id,
        min(occurred_at) as occurred_at
    from (
        {% for source in stagings if source_enabled(source) %}
        select event_id, occurred_at from {{ ref(stagings[source]) }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as events
    where occurred_at is not null
    group by event_id
{% endset %}

{% call test_with_messages() %}
-- Events that arrived or went after the batches of microbatch_lookback. Of an event's copies, the earliest counts.
{{ late_rows('email_events', expected, ['event_id', 'occurred_at'], 'cast(occurred_at as date)') }}
{% endcall %}
