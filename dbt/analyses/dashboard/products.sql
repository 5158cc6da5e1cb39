{# Of more products, the rest is one row, without a name. #}
{% set most_products = 20 %}

with products as (

    select
        product_name,
        abc_category,
        total_revenue,
        revenue_share,
        cumulative_revenue_share,
        row_number() over (order by revenue_rank, {{ byte_order('product_name') }}) as place
    from {{ ref('product_performance') }}

),

named as (

    select
        products.*,
        case when place <= {{ most_products }} then place end as shown_place
    from products

)

select
    max(case when shown_place is not null then product_name end) as product_name,
    max(case when shown_place is not null then abc_category end) as abc_category,
    count(*) as products,
    sum(total_revenue) as revenue,
    sum(revenue_share) as revenue_share,
    max(cumulative_revenue_share) as cumulative_revenue_share
from named
group by shown_place
order by shown_place nulls last
