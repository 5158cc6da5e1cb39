with months as (

    select * from {{ ref('int_kpi_months') }}

),

orders as (

    select * from {{ ref('orders') }}

),

purchases as (

    select
        customer_id,
        {{ add_days('order_date', setting('recency_lapsed_days') | int + 1) }} as lapses_on,
        order_date,
        lead(order_date) over (partition by customer_id order by order_date, order_id) as next_order_date
    from orders
    where is_successful and customer_id is not null and order_date is not null

),

-- A customer's last purchase before the month shows whether the customer was active when the month began.
active as (

    select
        months.period_month,
        purchases.lapses_on < months.following_month
        and (purchases.next_order_date is null or purchases.next_order_date > purchases.lapses_on) as has_lapsed
    from months
    inner join purchases
        on months.period_month > purchases.order_date
        and months.period_month <= purchases.lapses_on
        and (purchases.next_order_date is null or purchases.next_order_date >= months.period_month)
    -- A rate of 0 would be misleading while no customer can have lapsed yet.
    where months.following_month > (select min(first_purchases.lapses_on) from purchases as first_purchases)

)

select
    period_month,
    count(*) as active_customers,
    count(case when has_lapsed then 1 end) as lapsed_customers
from active
group by period_month
