{{ config(sort='customer_id', dist='customer_id', indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}])) }}

with segments as (

    select * from {{ ref('customer_segmentation') }}

),

contacts as (

    select * from {{ ref('int_customer_contacts') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

customers as (

    select
        segments.customer_id,
        segments.customer_segment,
        segments.churn_risk,
        segments.recency_score,
        contacts.days_since_last_message,
        coalesce(contacts.recent_messages, 0) as recent_messages,
        coalesce(contacts.may_be_contacted, false) as may_be_contacted,
        {{ is_held_out('segments.customer_id') }} as is_held_out
    from segments
    left join contacts on segments.customer_id = contacts.customer_id

),

matches as (

    select
        customers.*,
        rules.rule_name,
        rules.priority,
        rules.action,
        rules.channel,
        rules.expected_value,
        rules.reason,
        case
            when rules.channel = 'none' then null
            when customers.is_held_out then 'holdout'
            when not {{ is_message('rules.channel') }} then null
            when not customers.may_be_contacted then 'consent'
            when customers.recent_messages >= {{ setting('fatigue_messages') }} then 'fatigue'
            when customers.days_since_last_message < rules.cool_down_days then 'cool_down'
        end as obstacle
    from customers
    inner join rules on {{ rule_applies('rules', 'customers') }}

),

ranked as (

    select
        matches.*,
        row_number() over (
            partition by customer_id
            order by case when obstacle is null then 0 else 1 end, priority
        ) as row_position,
        first_value(rule_name) over (
            partition by customer_id
            order by priority
            rows between unbounded preceding and unbounded following
        ) as first_rule_name,
        first_value(obstacle) over (
            partition by customer_id
            order by priority
            rows between unbounded preceding and unbounded following
        ) as first_obstacle
    from matches

)

select
    customer_id,
    action,
    channel,
    rule_name,
    reason,
    expected_value,
    first_rule_name,
    first_obstacle as obstacle,
    may_be_contacted,
    is_held_out,
    cast(recent_messages as integer) as recent_messages,
    days_since_last_message
from ranked
where row_position = 1
