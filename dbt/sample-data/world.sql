-- A shop for coffee and accessories: two years of customers, orders and payments.
-- Every choice is a slice of an MD5 of (seed, thing, number), in whole numbers, so all machines make the same rows.
-- Variables: seed; orders, the number of orders to make; people, the number of customers to choose from.

-- h holds 128 random bits for eight draws. The n-th draw becomes 0 .. size - 1.
create temp macro pick(h, n, size) as (((h >> (16 * n)::uhugeint) & 65535)::bigint * size) >> 16;

-- Products that run out come first. Returning customers choose among the first fifteen sixteenths of the 1,024 slots.
create temp table catalogue as
select
    (row_number() over (order by position, slot) - 1)::bigint as slot,
    product_name, price, return_percent, first_date::date as first_date, last_date::date as last_date, months
from (
    values
    (1, 'House Blend Beans 1 kg', 2400, 2, 138, '2024-01-01', '2025-12-31', null),
    (2, 'Espresso Roast 1 kg', 2500, 2, 112, '2024-01-01', '2025-12-31', null),
    (3, 'Ethiopia Single Origin 500 g', 1750, 3, 88, '2024-01-01', '2025-12-31', null),
    (4, 'Decaf Beans 500 g', 1500, 3, 46, '2024-01-01', '2025-12-31', null),
    (5, 'Café Crème Pods (40)', 1990, 4, 58, '2024-01-01', '2025-12-31', null),
    (6, 'Paper Filters (100)', 650, 1, 86, '2024-01-01', '2025-12-31', null),
    (7, 'Cleaning Tablets', 990, 1, 50, '2024-01-01', '2025-12-31', null),
    (8, 'Cold Brew Concentrate', 1400, 5, 44, '2024-01-01', '2025-12-31', [5, 6, 7, 8, 9]),
    (9, 'Winter Roast 500 g', 1800, 2, 40, '2024-01-01', '2025-12-31', [1, 11, 12]),
    (10, 'Matcha Starter Kit', 4200, 6, 28, '2025-08-15', '2025-12-31', null),
    (11, 'Travel Mug', 2200, 5, 58, '2024-01-01', '2025-12-31', null),
    (12, 'Stoneware Cup Set', 3400, 8, 36, '2024-01-01', '2025-12-31', null),
    (13, 'French Press', 5000, 6, 44, '2024-01-01', '2025-12-31', null),
    (14, 'Pour-Over Dripper', 2900, 4, 42, '2024-01-01', '2025-12-31', null),
    (15, 'Connoisseur''s Gift Box', 5900, 3, 32, '2024-01-01', '2025-12-31', [2, 5, 11, 12]),
    (16, 'Milk Frother', 3900, 9, 26, '2024-01-01', '2025-12-31', null),
    (17, 'Burr Grinder', 10000, 7, 30, '2024-01-01', '2025-12-31', null),
    (18, 'Gooseneck Kettle', 7900, 6, 20, '2024-01-01', '2025-12-31', null),
    (19, 'Coffee Scale', 4500, 5, 14, '2024-01-01', '2025-12-31', null),
    (20, 'Smart Mug', 12900, 14, 10, '2025-03-01', '2025-12-31', null),
    (21, 'Stovetop Percolator', 6500, 27, 10, '2024-01-01', '2025-06-30', null),
    (22, 'Espresso Machine', 44900, 8, 12, '2024-01-01', '2025-12-31', null)
) as products (position, product_name, price, return_percent, slots, first_date, last_date, months),
    unnest(range(slots)) as slots_of_product (slot);

-- Three of four customers arrive evenly over the 731 days, the fourth late, because the shop grows.
create temp table people as
select
    id, h,
    if(pick(h, 0, 4) > 0, pick(h, 1, 731), greatest(pick(h, 1, 731), pick(h, 2, 731))) as first_day,
    case
        when loyalty < 8 then 0
        when loyalty < 30 then 1
        when loyalty < 62 then 2 + pick(h, 4, 7)
        when loyalty < 90 then 8 + pick(h, 4, 24)
        else 20 + pick(h, 4, 64)
    end as visits,
    case when loyalty < 62 then 70 when loyalty < 90 then 42 else 15 end as mean_gap
from (
    select id, h, pick(h, 3, 100) as loyalty
    from (
        select i as id, md5_number(getvariable('seed') || ' customer ' || i) as h
        from range(1, getvariable('people') + 1) as numbers (i)
    )
);

-- A visit becomes an order more often in November than in July, and more often on a Saturday than on a Tuesday.
-- The gap before an order, 4 × mean × two draws of 0 .. 1, is more often short than long, and sometimes 0.
create temp table bought as
with visits as (
    select
        people.id as customer, people.first_day, people.mean_gap, visit,
        md5_number(getvariable('seed') || ' visit ' || people.id || ' ' || visit) as h
    from people, unnest(range(people.visits)) as visits_of_customer (visit)
),

dated as (
    select
        customer, visit, h,
        first_day + sum(if(visit = 0, 0, (4 * mean_gap * pick(h, 0, 65536) * pick(h, 1, 65536)) >> 32)) over (
            partition by customer order by visit rows between unbounded preceding and current row
        ) as day
    from visits
),

inside as (
    select *, date '2024-01-01' + day::integer as order_date from dated where day < 731
),

kept as (
    select *
    from inside
    where pick(h, 2, 10000) < [66, 60, 66, 68, 72, 70, 60, 62, 74, 80, 100, 96][month(order_date)]
        * [97, 90, 84, 84, 86, 92, 100][1 + dayofweek(order_date)]
    qualify row_number() over (order by customer, visit) <= getvariable('orders')
)

select
    row_number() over (order by order_date, customer, visit) as id,
    customer, h, order_date,
    pick(h, 3, if(visit = 0, 1024, 960)) as slot
from kept;

-- The first product, which is always on sale, replaces a product that is not. Customers buy expensive products singly.
create temp table baskets as
select
    id, customer, order_date, h, product_name, return_percent,
    price * if(price > 5000, 1, [1, 1, 1, 1, 1, 1, 2, 2, 3, 4][1 + pick(h, 4, 10)]) as amount
from (
    select
        bought.* exclude (slot),
        if(
            order_date between first_date and last_date and coalesce(list_contains(months, month(order_date)), true),
            slot, 0
        ) as slot
    from bought
    join catalogue using (slot)
)
join catalogue using (slot);

create table orders as
select
    id::integer as id,
    customer::integer as user_id,
    order_date,
    case
        when order_date > date '2025-12-31' - pick(h, 5, 5)::integer then 'placed'
        when order_date > date '2025-12-31' - 2 - pick(h, 5, 8)::integer then 'shipped'
        when pick(h, 6, 100) < return_percent
            then if(order_date > date '2025-12-31' - pick(h, 5, 60)::integer, 'return_pending', 'returned')
        when pick(h, 6, 1000) = 999 then 'shipped'
        else 'completed'
    end as status,
    product_name
from baskets;

-- Most orders have one payment, some also a coupon, a gift card or both. A coupon of 0 is for postage only. A few orders
-- are not paid yet. November has more coupons.
create table payments as
select
    (row_number() over (order by id, line))::integer as id,
    id::integer as order_id,
    case
        when line = parts then main_method
        when line = 1 and is_coupon_first then 'coupon'
        when line = 2 and not is_coupon_first then 'coupon'
        else 'gift_card'
    end as payment_method,
    if(line < parts, promotional_amount, amount - (parts - 1) * promotional_amount)::integer as amount
from (
    select
        id, amount,
        case when kind < 15 then 0 when kind < 860 then 1 when kind < 970 then 2 else 3 end as parts,
        if(kind between 860 and 869, 0, amount * (5 + 5 * pick(h, 0, 6)) // 100) as promotional_amount,
        pick(h, 1, 100) < 65 or kind between 860 and 869 as is_coupon_first,
        case
            when pick(h, 2, 100) < 60 then 'credit_card'
            when pick(h, 2, 100) < 90 then 'bank_transfer'
            when pick(h, 2, 100) < 95 then 'gift_card'
            else 'coupon'
        end as main_method
    from (
        select
            id, amount,
            md5_number(getvariable('seed') || ' payment ' || id) as h,
            pick(h, 7, 1000) + if(month(order_date) = 11, 60, 0) as kind
        from baskets
    )
), unnest(range(1, parts + 1)) as lines_of_order (line);

-- All customers up to the last one who bought, with those who never did. Names have gaps and spaces, like typed names.
create table customers as
select
    id::integer as id,
    case
        when pick(h, 7, 1000) < 12 then null
        else [
            'Ada', 'Ben', 'Chiara', 'Dmitri', 'Elif', 'Femke', 'Grace', 'Henrik', 'Ines', 'Jamal', 'Keiko', 'Liam',
            'Magdaléna', 'Noor', 'Olu', 'Priya', 'Quentin', 'Ruth', 'Søren', 'Tom', 'Uma', 'Viktor', 'Wanjiru', 'Xavier',
            'Yusuf', 'Zoë', 'Anne-Marie', 'José', 'Li Na', 'Łukasz', 'Siobhán', 'Ngọc'
        ][1 + pick(h, 5, 32)] || if(pick(h, 7, 1000) > 990, ' ', '')
    end as first_name,
    case
        when pick(h, 7, 1000) < 6 then null
        else [
            'Abara', 'Brandt', 'Castro', 'Dahl', 'Eriksen', 'Fischer', 'García', 'Hughes', 'Ito', 'Jansen', 'Kowalski',
            'Lindqvist', 'Müller', 'Núñez', 'O''Brien', 'Petrov', 'D''Angelo', 'Rossi', 'Şahin', 'Tanaka', 'Usman',
            'van der Berg', 'Wójcik', 'Yılmaz', 'Zhang', 'St. John', 'Nguyễn', 'Smith-Jones', 'Kaya', 'Okafor', 'Moreau', 'Horváth'
        ][1 + pick(h, 6, 32)] || if(pick(h, 7, 1000) > 993, '  ', '')
    end as last_name
from people
where id <= (select max(customer) from bought);
