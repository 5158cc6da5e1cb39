{# dbt runs the hook after the last batch. Only then does the table have all copies of an event. #}
{% set stagings = {'sendgrid': 'stg_sendgrid_events', 'mailchimp': 'stg_mailchimp_activity'} %}
{{
    config(
        enabled=source_enabled('sendgrid') or source_enabled('mailchimp'),
        materialized='incremental' if setting('incremental') else 'table',
        incremental_strategy='microbatch' if setting('incremental') else none,
        event_time='occurred_at',
        begin=setting('microbatch_begin'),
        batch_size=setting('microbatch_size'),
        lookback=setting('microbatch_lookback') | int,
        on_schema_change='fail',
        sort='occurred_at',
        dist='recipient_id',
        indexes=on_postgres([{'columns': ['event_id']}, {'columns': ['occurred_at']}]),
        post_hook="{% if setting('incremental') %}
            delete from {{ this }}
            where (event_id, occurred_at) in (
                select events.event_id, events.occurred_at
                from {{ this }} as events
                inner join (select event_id, min(occurred_at) as first_time from {{ this }} group by event_id) as firsts
                    on events.event_id = firsts.event_id
                where events.occurred_at > firsts.first_time
            )
        {% endif %}",
    )
}}

with events as (

    {% for source in stagings if source_enabled(source) %}
    select cast('{{ source }}' as varchar(16)) as provider, * from {{ ref(stagings[source]) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

copies as (

    select
        events.*,
        row_number() over (partition by event_id order by occurred_at, event_type, recipient_id) as row_position
    from events
    where occurred_at is not null

)

select
    provider,
    event_id,
    provider_campaign_id,
    recipient_id,
    customer_id,
    event_type,
    occurred_at,
    is_machine_open
from copies
where row_position = 1
