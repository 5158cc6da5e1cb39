select
    abc_category,
    count(*) as products,
    sum(total_revenue) as revenue,
    sum(revenue_share) as revenue_share
from {{ ref('product_performance') }}
group by abc_category
order by abc_category
