{{ config(tags=['business_logic']) }}

-- The cumulative share, in the order of revenue, never falls and ends at 100, unless there is no revenue.
with products as (

    select
        product_name,
        cumulative_revenue_share,
        revenue_share,
        lag(cumulative_revenue_share) over (
            order by total_revenue desc, {{ byte_order('product_name') }}
        ) as share_before,
        row_number() over (order by total_revenue, {{ byte_order('product_name') }} desc) as place_from_end,
        sum(total_revenue) over () as revenue_of_all
    from {{ ref('product_performance') }}

)

select *
from products
where revenue_of_all > 0
    and (
        cumulative_revenue_share < coalesce(share_before, 0)
        or abs(cumulative_revenue_share - coalesce(share_before, 0) - revenue_share) > 1e-9
        or (place_from_end = 1 and abs(cumulative_revenue_share - 100) > 1e-9)
    )
