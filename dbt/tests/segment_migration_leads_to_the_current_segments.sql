{{ config(tags=['segmentation', 'business_logic']) }}

-- The customers who entered a segment minus those who left it are those who are in it.
with moves as (

    select
        to_segment as customer_segment,
        customers
    from {{ ref('segment_migration') }}
    union all
    select
        from_segment as customer_segment,
        -customers as customers
    from {{ ref('segment_migration') }}

),

expected as (

    select
        customer_segment,
        sum(customers) as customers
    from moves
    where customer_segment <> 'none'
    group by customer_segment

),

segments as (

    select
        customer_segment,
        count(*) as customers
    from {{ ref('customer_segmentation') }}
    group by customer_segment

)

select
    coalesce(segments.customer_segment, expected.customer_segment) as customer_segment,
    segments.customers,
    expected.customers as expected_customers
from segments
full outer join expected on segments.customer_segment = expected.customer_segment
where coalesce(segments.customers, 0) <> coalesce(expected.customers, 0)
