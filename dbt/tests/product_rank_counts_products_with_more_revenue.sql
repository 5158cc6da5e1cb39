{{ config(tags=['business_logic']) }}

select
    product.product_name,
    product.revenue_rank,
    1 + count(better.product_name) as expected_rank
from {{ ref('product_performance') }} as product
left join {{ ref('product_performance') }} as better on better.total_revenue > product.total_revenue
group by product.product_name, product.revenue_rank
having product.revenue_rank <> 1 + count(better.product_name)
