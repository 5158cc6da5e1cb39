{{ config(enabled=ad_detail_enabled('google_keywords')) }}

{{ ad_detail_model('google_keywords', 'google_ads', source('ad_platforms', 'google_keywords')) }}
