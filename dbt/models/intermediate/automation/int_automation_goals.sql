{{ config(enabled=source_enabled('automation')) }}

with passages as (

    select * from {{ ref('int_automation_passages') }}

),

enrolments as (

    select * from {{ ref('stg_automation_enrolments') }}

),

orders as (

    select * from {{ ref('orders') }}

),

-- An order is the goal of the customer's latest enrolment in a flow. An enrolment has one goal, the first.
candidates as (

    select
        enrolments.flow_id,
        enrolments.enrolment_id,
        orders.order_id,
        orders.order_date,
        orders.amount,
        row_number() over (
            partition by enrolments.flow_id, orders.order_id
            order by enrolments.enrolled_at desc, enrolments.enrolment_id desc
        ) as enrolment_place
    from enrolments
    inner join orders
        on enrolments.customer_id = orders.customer_id
        and orders.order_date > {{ business_day('enrolments.enrolled_at') }}
        and orders.order_date <= {{ add_days(business_day('enrolments.enrolled_at'), setting('automation_goal_days')) }}
    where orders.is_successful

),

goals as (

    select
        candidates.*,
        row_number() over (partition by enrolment_id order by order_date, order_id) as goal_place
    from candidates
    where enrolment_place = 1

),

steps as (

    select
        goals.flow_id,
        goals.enrolment_id,
        goals.order_id,
        goals.order_date,
        goals.amount,
        passages.step_number,
        row_number() over (partition by goals.enrolment_id order by passages.entered_at desc, passages.step_number desc) as row_position
    from goals
    inner join passages
        on goals.enrolment_id = passages.enrolment_id
        and goals.order_date >= {{ business_day('passages.entered_at') }}
    where goals.goal_place = 1

)

select
    flow_id,
    enrolment_id,
    step_number,
    order_id,
    order_date,
    amount
from steps
where row_position = 1
