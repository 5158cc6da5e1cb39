with orders as (

    select * from {{ ref('orders') }}

),

buyers as (

    select
        customer_id,
        max(order_date) as last_order_date,
        count(*) as frequency,
        {{ money('sum(amount)') }} as monetary
    from orders
    where is_successful and customer_id is not null
    group by customer_id

),

ranked as (

    select
        buyers.*,
        count(*) over () as buyers_in_all,
        rank() over (order by last_order_date nulls first) - 1 as less_recent,
        rank() over (order by frequency) - 1 as less_frequent,
        rank() over (order by monetary) - 1 as less_valuable
    from buyers

),

scored as (

    select
        customer_id,
        last_order_date,
        {{ days_between('last_order_date', analysis_date()) }} as recency,
        cast(frequency as integer) as frequency,
        monetary,
        {{ rfm_score('less_recent', 'buyers_in_all') }} as recency_score,
        {{ rfm_score('less_frequent', 'buyers_in_all') }} as frequency_score,
        {{ rfm_score('less_valuable', 'buyers_in_all') }} as monetary_score
    from ranked

)

select
    scored.*,
    {{ customer_segment('recency_score', 'frequency_score', 'monetary_score') }} as customer_segment
from scored
