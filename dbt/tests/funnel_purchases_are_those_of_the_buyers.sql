{{ config(tags=['funnel', 'integration']) }}

-- The people who ordered, purchased or repeated in the funnel are the same as in `customers`.
with customers as (

    select
        count(case when number_of_orders > 0 then 1 end) as ordered,
        count(case when successful_orders > 0 then 1 end) as purchased,
        count(case when successful_orders > 1 then 1 end) as repeated
    from {{ ref('customers') }}

),

funnel as (

    select
        coalesce(sum(case when stage = 'ordered' then users end), 0) as ordered,
        coalesce(sum(case when stage = 'purchased' then users end), 0) as purchased,
        coalesce(sum(case when stage = 'repeated' then users end), 0) as repeated
    from {{ ref('customer_acquisition_funnel') }}

)

select
    funnel.ordered,
    funnel.purchased,
    funnel.repeated,
    customers.ordered as expected_ordered,
    customers.purchased as expected_purchased,
    customers.repeated as expected_repeated
from customers
cross join funnel
where funnel.ordered <> customers.ordered
    or funnel.purchased <> customers.purchased
    or funnel.repeated <> customers.repeated
