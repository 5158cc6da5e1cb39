{{
    config(
        enabled=source_enabled('touchpoints'),
        indexes=on_postgres([{'columns': ['attribution_channel'], 'unique': true}]),
    )
}}

with absorption as (

    select * from {{ ref('int_markov_absorption') }}

),

journeys as (

    select * from {{ ref('int_markov_journeys') }}

),

paths as (

    select
        count(*) as paths,
        count(case when is_converting then 1 end) as converting_paths
    from journeys
    where previous_channel is null

),

effects as (

    select
        lacking.removed_channel as attribution_channel,
        baseline.conversion_probability as baseline_conversion_probability,
        lacking.conversion_probability as conversion_probability_without_channel,
        1 - {{ ratio('lacking.conversion_probability', 'baseline.conversion_probability') }} as removal_effect
    from absorption as lacking
    cross join absorption as baseline
    where baseline.removed_channel = '(start)' and lacking.removed_channel <> '(start)'

)

select
    effects.attribution_channel,
    effects.removal_effect,
    {{ ratio('effects.removal_effect', 'sum(effects.removal_effect) over ()') }} as removal_effect_share,
    effects.baseline_conversion_probability,
    effects.conversion_probability_without_channel,
    paths.paths,
    paths.converting_paths,
    paths.paths >= {{ setting('markov_min_paths') }} as has_enough_paths
from effects
cross join paths
