{% set success_stage = "case success_number when 1 then 'purchased' when 2 then 'repeated' else 'loyal' end" %}

with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('orders') }}

),

successes as (

    select
        customer_id,
        order_date,
        row_number() over (partition by customer_id order by order_date nulls last, order_id) as success_number
    from orders
    where is_successful

),

{% if source_enabled('touchpoints') %}
touches as (

    select
        customer_id,
        touched_on,
        attribution_channel,
        row_number() over (partition by customer_id order by touched_at, touchpoint_id) as touch_number
    from {{ ref('stg_touchpoints') }}
    where touched_at is not null

),

{% endif %}
milestones as (

    select customer_id, 'engaged' as stage, order_date as reached_on, null as attribution_channel from orders
    union all
    select customer_id, 'ordered' as stage, order_date as reached_on, null as attribution_channel from orders
    union all
    select customer_id, {{ success_stage }} as stage, order_date as reached_on, null as attribution_channel
    from successes
    where success_number in (1, 2, {{ setting('funnel_loyal_orders') }})
    {% if source_enabled('sendgrid') or source_enabled('mailchimp') %}
    union all
    select customer_id, 'engaged' as stage, {{ business_day('occurred_at') }} as reached_on, null as attribution_channel
    from {{ ref('int_email_events') }}
    where event_type = 'clicked' and quarantine_reason is null
    {% endif %}
    {% if source_enabled('touchpoints') %}
    union all
    select
        customer_id,
        case touch_number when 1 then 'touched' else 'engaged' end as stage,
        touched_on as reached_on,
        case touch_number when 1 then attribution_channel end as attribution_channel
    from touches
    where touch_number <= 2
    {% endif %}

),

people as (

    select
        customer_id,
        max(attribution_channel) as attribution_channel,
        {%- for stage in funnel_stages() %}
        max(case when stage = '{{ stage }}' then 1 else 0 end) as is_{{ stage }},
        min(case when stage = '{{ stage }}' then reached_on end) as {{ stage }}_on{{ ',' if not loop.last }}
        {%- endfor %}
    from milestones
    where customer_id is not null
    group by customer_id

)

select
    people.customer_id,
    coalesce(people.attribution_channel, '{{ setting('unattributed_channel') }}') as attribution_channel,
    {{ first_of_month('coalesce(people.touched_on, people.ordered_on)') }} as first_touch_month,
    coalesce(people.touched_on, people.ordered_on) as first_known_on,
    people.touched_on,
    case when people.is_touched = 1 then people.engaged_on end as engaged_on,
    people.is_touched,
    case when people.is_touched = 1 then people.is_engaged else 0 end as is_engaged,
    {%- for stage in ['ordered', 'purchased', 'repeated', 'loyal'] %}
    people.{{ stage }}_on,
    case when customers.customer_id is null then 0 else people.is_{{ stage }} end as is_{{ stage }}{{ ',' if not loop.last }}
    {%- endfor %}
from people
left join customers on people.customer_id = customers.customer_id
where people.is_touched = 1 or (people.is_ordered = 1 and customers.customer_id is not null)
