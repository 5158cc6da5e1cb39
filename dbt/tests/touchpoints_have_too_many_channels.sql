{{ config(enabled=source_enabled('touchpoints'), tags=['critical']) }}
{% set most = setting('markov_max_channels') %}

{% call test_with_messages() %}
-- The Markov model tells so many channels apart. With more, no attribution is built. A campaign in the column of the channel,
-- or an address, makes many channels.
select
    'touchpoints have ' || cast(count(distinct attribution_channel) as varchar(20))
    || ' channels; allowed: {{ most }}. Name fewer channels in the source, or raise the var: --vars ''{markov_max_channels: '
    || cast(count(distinct attribution_channel) as varchar(20)) || '}'', at most 50' as message
from {{ ref('touchpoints') }}
where customer_key is not null
having count(distinct attribution_channel) > {{ most }}
{% endcall %}
