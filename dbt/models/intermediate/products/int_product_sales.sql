with orders as (

    select * from {{ ref('int_order_conversions') }}

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

product_orders as (

    select
        orders.*,
        coalesce(orders.product_name, 'unknown') as product,
        orders.order_date > {{ add_days('as_of.analysis_date', -(setting('product_growth_days') | int)) }}
        and orders.order_date <= as_of.analysis_date as is_recent,
        orders.order_date > {{ add_days('as_of.analysis_date', -2 * (setting('product_growth_days') | int)) }}
        and orders.order_date <= {{ add_days('as_of.analysis_date', -(setting('product_growth_days') | int)) }} as is_previous
    from orders
    cross join as_of

)

select
    product as product_name,
    count(*) as total_orders,
    count(case when is_successful then 1 end) as successful_orders,
    count(case when order_status_group = 'returned' then 1 end) as returned_orders,
    count(distinct case when is_successful then customer_id end) as unique_customers,
    count(case when is_first_conversion then customer_id end) as new_customers,
    {{ money('sum(case when is_successful then amount else 0 end)') }} as total_revenue,
    {{ money("sum(case when order_status_group = 'returned' then amount else 0 end)") }} as returned_amount,
    {{ money('sum(case when is_successful then promotional_amount else 0 end)') }} as promotional_revenue,
    {%- for method in ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] %}
    {{ money('sum(case when is_successful then ' ~ method ~ '_amount else 0 end)') }} as {{ method }}_revenue,
    {%- endfor %}
    {{ money('sum(case when is_successful and is_recent then amount else 0 end)') }} as recent_revenue,
    {{ money('sum(case when is_successful and is_previous then amount else 0 end)') }} as previous_revenue,
    min(order_date) as first_order_date,
    max(order_date) as last_order_date
from product_orders
group by product
