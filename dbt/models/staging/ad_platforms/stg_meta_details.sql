{{ config(enabled=ad_detail_enabled('meta_details')) }}
{% set columns = ad_detail_columns('meta_details') %}
{% set names = ad_detail_names() %}

with {{ ad_detail_newest('meta_details', source('ad_platforms', 'meta_details')) }},

latest as (

    select
        {{ names | join(', ') }},
        impressions,
        clicks,
        spend,
        {% if 'actions' in columns %}
        {{ parsed_json('actions') }} as actions,
        {{ parsed_json('action_values') }} as action_values
        {% else %}
        row_key
        {% endif %}
    from newest

),

-- An ad has a row with its costs, and one for each action that counts.
figures as (

    select
        {{ names | join(', ') }},
        impressions,
        clicks,
        spend,
        cast(null as numeric(18, 6)) as conversions,
        cast(null as numeric(18, 6)) as conversions_value
    from latest
    {% for entries in ['actions', 'action_values'] %}
    {% set value = 'cast(' ~ (entry_text('value') if 'actions' in columns else 'entry.value') ~ ' as numeric(18, 6))' %}
    union all
    select
        latest.{{ names | join(', latest.') }},
        cast(null as bigint) as impressions,
        cast(null as bigint) as clicks,
        cast(null as numeric(18, 6)) as spend,
        {{ value if entries == 'actions' else 'cast(null as numeric(18, 6))' }} as conversions,
        {{ value if entries == 'action_values' else 'cast(null as numeric(18, 6))' }} as conversions_value
    {% if 'actions' in columns %}
    from latest, {{ json_entries('latest.' ~ entries) }}
    where {{ entry_text('action_type') }}
    {% else %}
    from latest
    inner join (
        select
            {{ columns.parent_key }} as row_key,
            action_type,
            value
        from {{ source('ad_platforms', 'meta_details_' ~ entries) }}
    ) as entry on latest.row_key = entry.row_key
    where entry.action_type
    {% endif %}
        in ('{{ setting('meta_conversion_action_types') | join("', '") }}')
    {% endfor %}

)

{{ ad_detail_sums('meta_ads', 'figures') }}
