with orders as (

    select * from {{ ref('orders') }}

),

consent as (

    select * from {{ ref('int_customer_consent') }}

),

totals as (

    select
        customer_id,
        max(order_date) as last_order_date,
        count(*) as frequency,
        {{ money('sum(amount)') }} as monetary
    from orders
    where is_successful and customer_id is not null
    group by customer_id

),

buyers as (

    select
        totals.*,
        coalesce(consent.may_be_profiled, true) as may_be_profiled
    from totals
    left join consent on totals.customer_id = consent.customer_id

),

ranked as (

    select
        buyers.*,
        count(*) over (partition by may_be_profiled) as buyers_in_all,
        rank() over (partition by may_be_profiled order by last_order_date nulls first) - 1 as less_recent,
        rank() over (partition by may_be_profiled order by frequency) - 1 as less_frequent,
        rank() over (partition by may_be_profiled order by monetary) - 1 as less_valuable
    from buyers

),

scored as (

    select
        customer_id,
        last_order_date,
        {{ days_between('last_order_date', analysis_date()) }} as recency,
        cast(frequency as integer) as frequency,
        monetary,
        may_be_profiled,
        case when may_be_profiled then {{ rfm_score('less_recent', 'buyers_in_all') }} end as recency_score,
        case when may_be_profiled then {{ rfm_score('less_frequent', 'buyers_in_all') }} end as frequency_score,
        case when may_be_profiled then {{ rfm_score('less_valuable', 'buyers_in_all') }} end as monetary_score
    from ranked

)

select
    scored.customer_id,
    scored.last_order_date,
    scored.recency,
    scored.frequency,
    scored.monetary,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    case
        when not may_be_profiled then 'opted_out'
        else {{ customer_segment('recency_score', 'frequency_score', 'monetary_score') }}
    end as customer_segment
from scored
