select
    product_name,
    revenue_rank,
    total_revenue,
    return_rate,
    abc_category,
    product_status,
    marketing_recommendation
from {{ ref('product_performance') }}
where abc_category = 'A'
    and {{ is_not_small('unique_customers') }}
order by revenue_rank
