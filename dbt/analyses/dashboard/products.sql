{# The remaining products, and those of few buyers, share one row without a name. #}
{% set most_products = 20 %}

with products as (

    select
        product_name,
        abc_category,
        unique_customers,
        total_revenue,
        revenue_share,
        cumulative_revenue_share,
        row_number() over (order by revenue_rank, {{ byte_order('product_name') }}) as row_position
    from {{ ref('product_performance') }}

),

named as (

    select
        products.*,
        case when row_position <= {{ most_products }} and {{ is_not_small('unique_customers') }} then row_position end
            as shown_position
    from products

)

select
    max(case when shown_position is not null then product_name end) as product_name,
    max(case when shown_position is not null then abc_category end) as abc_category,
    count(*) as products,
    sum(total_revenue) as revenue,
    sum(revenue_share) as revenue_share,
    max(cumulative_revenue_share) as cumulative_revenue_share
from named
group by shown_position
order by shown_position nulls last
