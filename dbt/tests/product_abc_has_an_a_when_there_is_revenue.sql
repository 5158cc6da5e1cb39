{{ config(tags=['business_logic']) }}

select sum(total_revenue) as revenue_of_all
from {{ ref('product_performance') }}
having sum(total_revenue) > 0 and count(case when abc_category = 'A' then 1 end) = 0
