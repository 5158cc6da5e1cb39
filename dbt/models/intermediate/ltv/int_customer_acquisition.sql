with orders as (

    select
        order_id,
        customer_id,
        order_date,
        row_number() over (partition by customer_id order by order_date nulls last, order_id) as order_number
    from {{ ref('orders') }}
    where is_successful and customer_id is not null

),

first_orders as (

    select * from orders where order_number = 1

)

select
    first_orders.customer_id,
    {{ first_of_month('first_orders.order_date') }} as cohort_month,
    {% if source_enabled('touchpoints') %}
    coalesce(touches.attribution_channel, cast('{{ setting('unattributed_channel') }}' as varchar(256)))
        as acquisition_channel,
    touches.campaign_id as acquisition_campaign_id
from first_orders
left join {{ ref('attribution_touch_credits') }} as touches
    on first_orders.order_id = touches.order_id and touches.first_touch_credit = 1
    {% else %}
    cast('{{ setting('unattributed_channel') }}' as varchar(256)) as acquisition_channel,
    cast(null as varchar(128)) as acquisition_campaign_id
from first_orders
    {% endif %}
