{{ config(enabled=ads_enabled(), severity='warn', tags=['business_logic']) }}

{% call test_with_messages() %}
-- The platforms together claim more conversions in a month than there were successful orders: they count orders twice.
with orders as (

    select
        {{ first_of_month('order_date') }} as month,
        count(*) as conversions
    from {{ ref('orders') }}
    where is_successful and order_date is not null
    group by 1

),

claims as (

    select
        month,
        sum(platform_conversions) as claimed
    from {{ ref('campaign_performance') }}
    group by month

)

select
    'platforms claim ' || cast(cast(claims.claimed as numeric(18, 1)) as varchar(20)) || ' conversions in the month of '
    || cast(claims.month as varchar(10)) || ', there are ' || cast(coalesce(orders.conversions, 0) as varchar(20)) as message
from claims
left join orders on claims.month = orders.month
where claims.claimed > coalesce(orders.conversions, 0)
{% endcall %}
