{#
  The reports of single ads and keywords that are on, each with its platform, the level of its rows and its model. A report needs the
  campaigns of its platform. dlt has none of LinkedIn.
#}
{% macro ad_detail_reports() %}
  {% set reports = [
    {'source': 'meta_details', 'platform': 'meta_ads', 'level': 'ad', 'model': 'stg_meta_details'},
    {'source': 'google_details', 'platform': 'google_ads', 'level': 'ad', 'model': 'stg_google_details'},
    {'source': 'google_keywords', 'platform': 'google_ads', 'level': 'keyword', 'model': 'stg_google_keywords'},
    {'source': 'linkedin_details', 'platform': 'linkedin_ads', 'level': 'ad', 'model': 'int_linkedin_details'},
  ] %}
  {% set sources = optional_sources() | reject('equalto', 'linkedin_details' if setting('ad_detail_loader') == 'dlt' else '') | list %}
  {{ return(reports | selectattr('source', 'in', sources) | selectattr('platform', 'in', sources) | list) }}
{% endmacro %}


{# Whether a report of single ads or keywords is on. #}
{% macro ad_detail_enabled(source) %}
  {{ return(source in ad_detail_reports() | map(attribute='source') | list) }}
{% endmacro %}


{#
  The columns of a report, as the loader in the var ad_detail_loader writes it: SQL by the name of this project. `part` tells apart the
  rows of an ad and day that add up, such as its networks. docs/campaign-tracking.md has the tables.
#}
{% macro ad_detail_columns(source) %}
  {% set no_text = "cast(null as varchar(256))" %}
  {% set google = {
    'fivetran': {
      'date_day': 'date', 'account_id': 'customer_id', 'campaign_id': 'campaign_id', 'ad_group_id': 'ad_group_id',
      'part': "coalesce(ad_network_type, '') || ' ' || coalesce(device, '')",
      'impressions': 'impressions', 'clicks': 'clicks', 'micros': 'cost_micros', 'loaded_at': '_fivetran_synced',
      'conversions': 'conversions', 'conversions_value': 'conversions_value',
      'ad_id': 'ad_id', 'keyword_id': 'ad_group_criterion_criterion_id',
    },
    'airbyte': {
      'date_day': 'segments_date', 'account_id': 'customer_id', 'campaign_id': 'campaign_id', 'ad_group_id': 'ad_group_id',
      'part': "coalesce(segments_ad_network_type, '')",
      'impressions': 'metrics_impressions', 'clicks': 'metrics_clicks', 'micros': 'metrics_cost_micros',
      'conversions': 'metrics_conversions', 'conversions_value': 'metrics_conversions_value',
      'loaded_at': '_airbyte_extracted_at', 'ad_group_name': 'ad_group_name',
      'ad_id': 'ad_group_ad_ad_id', 'ad_name': 'ad_group_ad_ad_name', 'url': 'ad_group_ad_ad_final_urls',
      'keyword_id': 'ad_group_criterion_criterion_id', 'keyword': 'ad_group_criterion_keyword_text',
    },
    'dlt': {
      'date_day': 'segments__date', 'account_id': 'customer__id', 'campaign_id': 'campaign__id', 'ad_group_id': 'ad_group__id',
      'part': "coalesce(segments__ad_network_type, '')",
      'impressions': 'metrics__impressions', 'clicks': 'metrics__clicks', 'micros': 'metrics__cost_micros',
      'conversions': 'metrics__conversions', 'conversions_value': 'metrics__conversions_value',
      'loaded_at': '_dlt_load_id', 'ad_group_name': 'ad_group__name',
      'ad_id': 'ad_group_ad__ad__id', 'ad_name': 'ad_group_ad__ad__name',
      'keyword_id': 'ad_group_criterion__criterion_id', 'keyword': 'ad_group_criterion__keyword__text',
    },
  } %}
  {% set meta = {
    'date_day': 'date_start', 'account_id': 'account_id', 'campaign_id': 'campaign_id', 'ad_group_id': 'adset_id',
    'ad_group_name': 'adset_name', 'ad_id': 'ad_id', 'ad_name': 'ad_name', 'part': "cast('' as varchar(64))",
    'impressions': 'impressions', 'clicks': 'clicks', 'spend': 'spend',
  } %}
  {% set of_ad_and_day = "cast(ad_id as varchar(128)) || ' ' || cast(cast(date as date) as varchar(10))" %}
  {% set metas = {
    'fivetran': dict(meta, date_day='date', clicks='inline_link_clicks', loaded_at='_fivetran_synced', row_key=of_ad_and_day, parent_key=of_ad_and_day),
    'airbyte': dict(meta, loaded_at='_airbyte_extracted_at', actions='actions', action_values='action_values'),
    'dlt': dict(meta, loaded_at='_dlt_load_id', row_key='_dlt_id', parent_key='_dlt_parent_id'),
  } %}
  {% set columns = (metas if source == 'meta_details' else google)[setting('ad_detail_loader')] %}
  {% set absent = ['ad_id', 'ad_name', 'url'] if source == 'google_keywords' else ['keyword_id', 'keyword'] %}
  {% set found = dict(columns) %}
  {% for name in ['ad_group_name', 'ad_id', 'ad_name', 'keyword_id', 'keyword', 'url'] %}
    {% do found.update({name: no_text if name in absent else columns.get(name, no_text)}) %}
  {% endfor %}
  {% set spend = columns.get('spend') or 'cast(' ~ columns.micros ~ ' as numeric(24, 0)) * 0.000001' %}
  {% do found.update({'spend': spend}) %}
  {{ return(found) }}
{% endmacro %}


{#
  The newest load of each row of a report: the SQL of common table expressions, of which the last is called newest. Its rows have the
  columns of ad_detail_names(), the figures, and conversions or what leads to the actions of Meta.
#}
{% macro ad_detail_newest(source, relation) %}
  {% set columns = ad_detail_columns(source) %}
  {% set keys = ['account_id', 'campaign_id', 'ad_group_id', 'ad_id', 'keyword_id'] %}
rows_of_loads as (

    select
        cast({{ columns.date_day }} as date) as date_day,
        {% for key in keys %}
        cast({{ columns[key] }} as varchar(128)) as {{ key }},
        {% endfor %}
        cast({{ columns.ad_group_name }} as varchar(256)) as ad_group_name,
        cast({{ columns.ad_name }} as varchar(256)) as ad_name,
        cast({{ columns.keyword }} as varchar(256)) as keyword,
        -- The first page of a list in JSON, without parameters.
        split_part(split_part(translate(cast({{ columns.url }} as varchar(2048)), '[]" ', ''), ',', 1), '?', 1) as url,
        {{ columns.part }} as part,
        cast({{ columns.impressions }} as bigint) as impressions,
        cast({{ columns.clicks }} as bigint) as clicks,
        cast({{ columns.spend }} as numeric(18, 6)) as spend,
        {% for name in ['conversions', 'conversions_value'] if name in columns %}
        cast({{ columns[name] }} as numeric(18, 6)) as {{ name }},
        {% endfor %}
        {% for name in ['actions', 'action_values', 'row_key'] if name in columns %}
        cast({{ columns[name] }} as varchar(65535)) as {{ name }},
        {% endfor %}
        {{ columns.loaded_at }} as loaded_at
    from {{ relation }}
    where {{ columns.date_day }} is not null
        and {{ columns.campaign_id }} is not null
        and {{ happened_by_analysis_date('cast(' ~ columns.date_day ~ ' as date)') }}

),

numbered as (

    select
        rows_of_loads.*,
        row_number() over (
            partition by date_day, {{ keys | join(', ') }}, part
            order by
                loaded_at desc nulls last,
                spend desc nulls last,
                impressions desc nulls last,
                {{ 'conversions desc' if 'conversions' in columns else 'actions' if 'actions' in columns else 'row_key' }} nulls last
        ) as row_position
    from rows_of_loads

),

newest as (

    select * from numbered where row_position = 1

)
{% endmacro %}


{# The columns of `newest` that are not figures. #}
{% macro ad_detail_names() %}
  {{ return([
    'date_day', 'account_id', 'campaign_id', 'ad_group_id', 'ad_group_name', 'ad_id', 'ad_name', 'keyword_id', 'keyword', 'url',
  ]) }}
{% endmacro %}


{# The rows of the relation `figures`, added up by day, ad group and ad or keyword. #}
{% macro ad_detail_sums(platform, figures) %}
select
    date_day,
    cast('{{ platform }}' as varchar(64)) as platform,
    cast(coalesce(trim(account_id), 'unknown') as varchar(64)) as account_id,
    cast(trim(campaign_id) as varchar(128)) as campaign_id,
    cast(coalesce(ad_group_id, 'unknown') as varchar(128)) as ad_group_id,
    cast(max(ad_group_name) as varchar(256)) as ad_group_name,
    ad_id,
    cast(max(ad_name) as varchar(256)) as ad_name,
    keyword_id,
    cast(max(keyword) as varchar(256)) as keyword,
    cast(max(url) as varchar(2048)) as url,
    cast(coalesce(sum(impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(clicks), 0) as bigint) as clicks,
    cast(coalesce(sum(spend), 0) as numeric(18, 6)) as spend,
    cast(coalesce(sum(conversions), 0) as numeric(18, 4)) as conversions,
    cast(coalesce(sum(conversions_value), 0) as numeric(18, 6)) as conversions_value
from {{ figures }}
group by date_day, coalesce(trim(account_id), 'unknown'), trim(campaign_id), coalesce(ad_group_id, 'unknown'), ad_id, keyword_id
{% endmacro %}


{#
  The columns of the two tables of LinkedIn's creatives, as the loader in the var ad_detail_loader writes them: SQL by the name of
  this project. docs/campaign-tracking.md has the tables. dlt has none; dbt renders models that are off, so it gets those of Airbyte.
#}
{% macro linkedin_detail_columns() %}
  {% set loaders = {
    'fivetran': {
      'date_day': 'day', 'creative_id': 'creative_id', 'cost_in_usd': 'cost_in_usd',
      'cost_in_local_currency': 'cost_in_local_currency', 'conversions': 'external_website_conversions',
      'value_in_local_currency': 'conversion_value_in_local_currency', 'loaded_at': '_fivetran_synced',
      'campaign': 'campaign_id', 'url': 'click_uri', 'modified_at': 'last_modified_at',
    },
    'airbyte': {
      'date_day': 'start_date', 'creative_id': 'sponsoredcreative', 'cost_in_usd': 'costinusd',
      'cost_in_local_currency': 'costinlocalcurrency', 'conversions': 'externalwebsiteconversions',
      'value_in_local_currency': 'conversionvalueinlocalcurrency', 'loaded_at': '_airbyte_extracted_at',
      'campaign': 'campaign', 'url': 'cast(null as varchar(2048))', 'modified_at': 'lastmodifiedat',
    },
  } %}
  {{ return(loaders.get(setting('ad_detail_loader'), loaders.airbyte)) }}
{% endmacro %}
