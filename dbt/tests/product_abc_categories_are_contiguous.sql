{{ config(tags=['business_logic']) }}

-- No product has a better category than a product with more revenue.
select
    worse.product_name,
    better.product_name as product_with_more_revenue
from {{ ref('product_performance') }} as worse
inner join {{ ref('product_performance') }} as better
    on worse.total_revenue < better.total_revenue
where worse.abc_category < better.abc_category
