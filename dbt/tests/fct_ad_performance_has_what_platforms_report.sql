{{ config(enabled=setting('incremental') and ads_enabled(), severity=setting('data_fault_severity')) }}
{% set columns = [
    'date_day', 'platform', 'account_id', 'campaign_id', 'campaign_name', 'impressions', 'clicks', 'spend', 'conversions',
    'conversions_value',
] %}

{% call test_with_messages() %}
-- Days that a platform delivered or restated after ad_platform_lookback_days. Days that it no longer reports stay on purpose.
with reported as (

    select {{ columns | join(', ') }} from {{ ref('int_ad_reports') }}

),

lacking as (

    select * from reported
    except
    select {{ columns | join(', ') }} from {{ ref('fct_ad_performance') }}

),

last_days as (

    select platform, max(date_day) as last_day from {{ ref('fct_ad_performance') }} group by platform

)

select
    'fct_ad_performance: ' || cast(count(*) as varchar(20)) || ' rows differ from the reports of the platforms, from '
    || cast(min(lacking.date_day) as varchar(10)) || ' to ' || cast(max(lacking.date_day) as varchar(10))
    || '; they changed after the lookback. Load these days again: dbt run --select fct_ad_performance'
    || ' --vars ''{incremental: true, ad_platform_lookback_days: '
    || cast(max({{ days_between('lacking.date_day', 'last_days.last_day') }}) as varchar(10)) || '}''' as message
from lacking
inner join last_days on lacking.platform = last_days.platform
having count(*) > 0
{% endcall %}
