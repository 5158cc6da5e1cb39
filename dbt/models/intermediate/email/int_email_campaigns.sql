{% set stagings = {'sendgrid': 'stg_sendgrid_single_sends', 'mailchimp': 'stg_mailchimp_campaigns'} %}
{{ config(enabled=source_enabled('sendgrid') or source_enabled('mailchimp')) }}

{% for source in stagings if source_enabled(source) %}
select
    provider,
    provider_campaign_id,
    campaign_id,
    campaign_name,
    sent_at
from {{ ref(stagings[source]) }}
{{ 'union all' if not loop.last }}
{% endfor %}
