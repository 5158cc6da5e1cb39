{{ config(enabled=ad_detail_enabled('google_details')) }}

with {{ ad_detail_newest('google_details', source('ad_platforms', 'google_details')) }}

{{ ad_detail_sums('google_ads', 'newest') }}
