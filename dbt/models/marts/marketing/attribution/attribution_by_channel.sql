{{
    config(
        enabled=source_enabled('touchpoints'),
        indexes=on_postgres([{'columns': ['attribution_model', 'attribution_channel'], 'unique': true}]),
    )
}}

with credits as (

    select * from {{ ref('int_attribution_credits') }}

),

markov as (

    select * from {{ ref('int_markov_credits') }}

),

all_credits as (

    select attribution_model, attribution_channel, credited_conversions, credited_revenue from credits
    union all
    select attribution_model, attribution_channel, credited_conversions, credited_revenue from markov

)

select
    attribution_model,
    attribution_channel,
    sum(credited_conversions) as credited_conversions,
    sum(credited_revenue) as credited_revenue
from all_credits
group by attribution_model, attribution_channel
