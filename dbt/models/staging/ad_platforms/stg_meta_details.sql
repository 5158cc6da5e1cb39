{{ config(enabled=ad_detail_enabled('meta_details')) }}

{{ ad_detail_model('meta_details', 'meta_ads', source('ad_platforms', 'meta_details')) }}
