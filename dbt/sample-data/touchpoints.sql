-- Touches before the orders of schema dbt_production, and visits without an order.
-- Every choice is a slice of an MD5 of (seed, thing), as in world.sql. Variable: seed.
-- Table campaign_flights(campaign_id, channel, first_date, last_date) says which campaigns ran when.

-- h holds 128 random bits for eight draws. The n-th draw becomes 0 .. size - 1.
create or replace temp macro pick(h, n, size) as (((h >> (16 * n)::uhugeint) & 65535)::bigint * size) >> 16;

-- One order of seven has no touch. Most touches are in the two weeks before the order, some before the 30-day window.
create temp table visits as
select
    user_id as customer_id,
    order_date - ((48 * pick(h, 0, 65536) * pick(h, 1, 65536)) >> 32)::integer as visit_date,
    nth = touches as is_last,
    h
from (
    select
        orders.user_id, orders.order_date, nth,
        [0, 1, 1, 1, 2, 2, 3][1 + pick(md5_number(getvariable('seed') || ' touches ' || orders.id), 0, 7)] as touches,
        md5_number(getvariable('seed') || ' touch ' || orders.id || ' ' || nth) as h
    from orders, unnest(range(1, 4)) as touches_of_order (nth)
)
where nth <= touches
union all
select customer_id, date '2024-01-01' + pick(h, 1, 731)::integer, false, h
from (
    select customers.id as customer_id, md5_number(getvariable('seed') || ' visit ' || customers.id || ' ' || nth) as h
    from customers, unnest(range(2)) as visits_of_customer (nth)
)
where pick(h, 0, 4) > 0;

create temp table tracked as
select
    customer_id, h, visit_date,
    -- Few visits are at night. First visits are more often from paid channels, last visits from e-mails or direct.
    visit_date::timestamp + to_seconds(25200 + pick(h, 2, 57600)) as touched_at,
    if(
        is_last,
        [
            'paid_social', 'paid_search', 'paid_search', 'organic_search', 'organic_search', 'email', 'email', 'email', 'direct',
            'direct', 'direct', 'referral'
        ],
        [
            'paid_social', 'paid_social', 'paid_social', 'paid_search', 'paid_search', 'organic_search', 'organic_search',
            'email', 'direct', 'referral', 'affiliate', 'organic_search'
        ]
    )[1 + pick(h, 3, 12)] as channel
from visits
where visit_date >= date '2024-01-01';

-- All campaigns that ran on the day are equally likely. A newsletter is that of its month.
create table touchpoints as
with planned as (
    select
        tracked.customer_id, tracked.h,
        if(pick(tracked.h, 4, 500) = 0, date_trunc('hour', tracked.touched_at), tracked.touched_at) as touched_at,
        tracked.channel,
        case
            when tracked.channel = 'email' then 'email-newsletter-' || strftime(tracked.visit_date, '%Y-%m')
            when pick(tracked.h, 5, 60) > 0 then flights.campaign_id
        end as campaign_id
    from tracked
    left join campaign_flights as flights
        on tracked.channel = flights.channel and tracked.visit_date between flights.first_date and flights.last_date
    qualify
        row_number() over (partition by tracked.h order by flights.campaign_id)
        = 1 + pick(tracked.h, 6, count(*) over (partition by tracked.h))
),

-- A visit within a second of another visit of the same customer is a second touch at the same time.
doubled as (
    select * from planned
    union all
    select customer_id, md5_number(h || ' again'), touched_at, 'direct', null from planned where pick(h, 7, 200) = 0
)

select
    (row_number() over (order by touched_at, customer_id, h))::integer as touchpoint_id,
    case
        when pick(h, 7, 1000) between 10 and 24 then null
        when pick(h, 7, 1000) between 25 and 27 then 900000 + customer_id
        else customer_id
    end::integer as customer_id,
    touched_at,
    case
        when pick(h, 7, 1000) between 28 and 32 then ' ' || channel || ' '
        when pick(h, 7, 1000) = 33 then 'podcast'
        else channel
    end as channel,
    campaign_id,
    -- Four of five visitors accept a cookie. Some customers use the device of another one.
    case
        when pick(md5_number('cookie ' || h), 0, 5) > 0
            then 'v-' || left(md5(getvariable('seed') || ' visitor ' || if(customer_id % 50 = 1, customer_id - 1, customer_id)), 12)
    end as anonymous_id
from doubled;
