{{ config(enabled=ad_detail_enabled('google_details')) }}

{{ ad_detail_model('google_details', 'google_ads', source('ad_platforms', 'google_details')) }}
