select
    customer_segment,
    count(*) as customer_count,
    avg(total_revenue) as avg_revenue,
    avg(total_orders) as avg_orders
from {{ ref('customer_segmentation') }}
group by customer_segment
having {{ may_be_shown('count(*)') }}
order by avg_revenue desc
