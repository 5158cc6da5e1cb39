{{ config(tags=['funnel', 'integration'], enabled=source_enabled('touchpoints')) }}

-- The touched people are the customers of the touches. Those with two touches or an order are engaged; others can be, by an
-- e-mail click. Customers who have only orders are not touched.
with touches as (

    select
        customer_id,
        count(*) as number_of_touches
    from {{ ref('stg_touchpoints') }}
    where customer_id is not null
        and touched_at is not null
    group by customer_id

),

buyers as (

    select distinct customer_id
    from {{ ref('orders') }}

),

expected as (

    select
        count(*) as touched,
        count(case when touches.number_of_touches > 1 or buyers.customer_id is not null then 1 end) as engaged
    from touches
    left join buyers on touches.customer_id = buyers.customer_id

),

funnel as (

    select
        coalesce(sum(case when stage = 'touched' then users end), 0) as touched,
        coalesce(sum(case when stage = 'engaged' then users end), 0) as engaged
    from {{ ref('customer_acquisition_funnel') }}

)

select
    funnel.touched,
    funnel.engaged,
    expected.touched as expected_touched,
    expected.engaged as least_engaged
from expected
cross join funnel
where funnel.touched <> expected.touched
    or funnel.engaged < expected.engaged
