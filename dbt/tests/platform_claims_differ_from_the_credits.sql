{{ config(
    enabled=ads_enabled() and source_enabled('touchpoints'), severity='warn', tags=['business_logic']
) }}

{% call test_with_messages() %}
-- The conversions that a platform claims differ from the credits of its campaigns by more than max_discrepancy_rate.
-- Claims rise with longer windows and with view-through conversions. Credits fall if touches lose their campaign.
with platforms as (

    select
        platform,
        sum(platform_conversions) as claimed,
        sum(attributed_conversions) as credited
    from {{ ref('campaign_performance') }}
    where platform_conversions is not null
    group by platform

)

select
    platform || ' claims ' || cast(cast(claimed as numeric(18, 1)) as varchar(20)) || ' conversions, attribution credits '
    || cast(cast(credited as numeric(18, 1)) as varchar(20)) as message
from platforms
where claimed + credited > 0
    and abs(claimed - credited) > credited * {{ setting('max_discrepancy_rate') }} / 100
{% endcall %}
