with segments as (

    select
        customer_segment,
        count(*) as customers,
        sum(total_revenue) as revenue,
        max(marketing_action) as marketing_action
    from {{ ref('customer_segmentation') }}
    group by customer_segment

)

select
    customer_segment,
    customers,
    {{ rate('customers', 'sum(customers) over ()') }} as customer_share,
    revenue,
    {{ rate('revenue', 'sum(revenue) over ()') }} as revenue_share,
    {{ ratio('revenue', 'customers') }} as revenue_per_customer,
    marketing_action
from segments
order by revenue desc, customer_segment asc
