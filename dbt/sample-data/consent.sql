-- The consents of the customers of schema dbt_production. No other table changes.
-- Every choice is a slice of an MD5 of (seed, thing), as in world.sql. Variable: seed.

-- h holds 128 random bits for eight draws. The n-th draw becomes 0 .. size - 1.
create or replace temp macro pick(h, n, size) as (((h >> (16 * n)::uhugeint) & 65535)::bigint * size) >> 16;

create temp table consenting as
select
    customers.id as customer_id,
    customers.id in (select user_id from orders where status = 'completed') as is_buyer,
    coalesce((select min(order_date) from orders where user_id = customers.id), date '2024-06-01')::timestamp as joined_at,
    md5_number(getvariable('seed') || ' consent ' || customers.id) as h
from customers;

-- Four of five allow messages, and one of ten of these withdraws later. Some withdraw profiling and grant it again. Of those who
-- never bought, one of four withdraws profiling for good, so that the shipped figures of buyers are those of all buyers.
create table consent as
select customer_id::integer as customer_id, purpose, status, changed_at
from (
    select customer_id, 'marketing' as purpose, 'granted' as status, joined_at + to_seconds(25200 + pick(h, 1, 57600)) as changed_at
    from consenting where pick(h, 0, 5) > 0
    union all
    select customer_id, 'marketing', 'withdrawn', joined_at + to_days(30 + pick(h, 3, 300)::integer) + to_seconds(pick(h, 1, 43200))
    from consenting where pick(h, 0, 5) > 0 and pick(h, 2, 10) = 0
    union all
    select customer_id, 'profiling', 'withdrawn', joined_at + to_days(1) + to_seconds(pick(h, 1, 43200))
    from consenting where pick(h, 4, if(is_buyer, 50, 4)) = 0
    union all
    select customer_id, 'profiling', 'granted', joined_at + to_days(2 + pick(h, 5, 30)::integer) + to_seconds(43200)
    from consenting where is_buyer and pick(h, 4, 50) = 0
);
