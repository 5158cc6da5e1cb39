with sales as (

    select * from {{ ref('int_product_sales') }}

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

median as (

    select percentile_cont(0.5) within group (order by cast(total_revenue as double precision)) as revenue
    from sales

),

measured as (

    select
        sales.*,
        rank() over (order by sales.total_revenue desc) as revenue_rank,
        {{ money('sum(sales.total_revenue) over ()') }} as revenue_of_all,
        {{ money('sum(sales.total_revenue) over (
            order by sales.total_revenue desc, ' ~ byte_order('sales.product_name') ~ '
            rows between unbounded preceding and current row
        )') }} as cumulative_revenue,
        {{ rate('sales.returned_orders', 'sales.total_orders') }} as return_rate,
        {{ rate('sales.recent_revenue - sales.previous_revenue', 'sales.previous_revenue') }} as revenue_growth,
        sales.recent_revenue > 0 and sales.recent_revenue >= sales.previous_revenue as is_growing,
        sales.total_revenue >= median.revenue as has_high_share,
        coalesce(
            sales.first_order_date > {{ add_days('as_of.analysis_date', -(setting('product_growth_days') | int)) }}, false
        ) as is_new
    from sales
    cross join median
    cross join as_of

)

select
    measured.*,
    {{ rate('total_revenue', 'revenue_of_all') }} as revenue_share,
    {{ rate('cumulative_revenue', 'revenue_of_all') }} as cumulative_revenue_share,
    -- Exact numerics, so that a share exactly at the threshold does not depend on the rounding of a division.
    case
        when cumulative_revenue - total_revenue < {{ setting('abc_a_threshold') }} * revenue_of_all then 'A'
        when cumulative_revenue - total_revenue < {{ setting('abc_b_threshold') }} * revenue_of_all then 'B'
        else 'C'
    end as abc_category,
    case
        when return_rate >= {{ setting('problem_return_rate') }} then 'Problem'
        when has_high_share and is_growing then 'Star'
        when has_high_share then 'Cash Cow'
        when is_growing then 'Problem'
        else 'Declining'
    end as product_status,
    case
        when is_new then 'New'
        when recent_revenue = 0 then 'Declining'
        when previous_revenue = 0 or revenue_growth >= {{ setting('lifecycle_growth_rate') }} then 'Growth'
        when revenue_growth <= -{{ setting('lifecycle_growth_rate') }} then 'Declining'
        else 'Mature'
    end as lifecycle_stage
from measured
