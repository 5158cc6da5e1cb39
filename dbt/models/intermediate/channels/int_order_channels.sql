with orders as (

    select * from {{ ref('int_order_conversions') }}

)

select
    order_id,
    customer_id,
    is_successful,
    is_first_conversion,
    is_last_conversion,
    amount,
    promotional_amount,
    case
        when has_promotional_payment then 'Promotional Campaign'
        when {{ day_of_week('order_date') }} in (0, 6) then 'Social Media'
        when amount >= {{ setting('high_value_order_threshold') }} then 'Email Marketing'
        else 'Organic'
    end as attribution_channel
from orders
