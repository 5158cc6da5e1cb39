with orders as (

    select id, user_id, order_date, status, product_name from {{ source('dbt_production', 'orders') }}

),

cleaned as (

    select
        cast(id as bigint) as order_id,
        cast(user_id as bigint) as customer_id,
        cast(order_date as date) as order_date,
        {{ folded_name('status') }} as status,
        nullif(trim(product_name), '') as product_name
    from orders
    where {{ happened_by_analysis_date('cast(order_date as date)') }}

)

select
    order_id,
    customer_id,
    order_date,
    status,
    cast(case
        when status = 'completed' then 'successful'
        when status in ('returned', 'return_pending') then 'returned'
        when status in ('placed', 'shipped') then 'pending'
        else 'unknown'
    end as varchar(256)) as order_status_group,
    product_name,
    {{ first_of_month('order_date') }} as order_month,
    {{ first_of_quarter('order_date') }} as order_quarter,
    {{ day_of_week('order_date') }} as order_day_of_week,
    {{ day_of_week('order_date') }} in (0, 6) as is_weekend
from cleaned
