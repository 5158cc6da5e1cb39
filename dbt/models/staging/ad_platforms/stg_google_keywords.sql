{{ config(enabled=ad_detail_enabled('google_keywords')) }}

with {{ ad_detail_newest('google_keywords', source('ad_platforms', 'google_keywords')) }}

{{ ad_detail_sums('google_ads', 'newest') }}
