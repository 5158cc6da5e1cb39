with customers as (

    select * from {{ ref('customer_segmentation') }}

),

actions as (

    select
        customer_segment,
        marketing_action,
        row_number() over (
            partition by customer_segment
            order by count(*) desc, {{ byte_order('marketing_action') }}
        ) as action_number
    from customers
    group by customer_segment, marketing_action

),

segments as (

    select
        customer_segment,
        count(*) as customers,
        count(case when churn_risk = 'High' then 1 end) as customers_at_high_risk,
        sum(total_revenue) as revenue
    from customers
    group by customer_segment

)

select
    segments.customer_segment,
    segments.customers,
    {{ shown_count('segments.customers_at_high_risk') }} as customers_at_high_risk,
    {{ rate('segments.customers', 'sum(segments.customers) over ()') }} as customer_share,
    segments.revenue,
    {{ rate('segments.revenue', 'sum(segments.revenue) over ()') }} as revenue_share,
    {{ ratio('segments.revenue', 'segments.customers') }} as revenue_per_customer,
    actions.marketing_action
from segments
inner join actions on segments.customer_segment = actions.customer_segment and actions.action_number = 1
where {{ may_be_shown('segments.customers') }}
order by segments.revenue desc, segments.customer_segment asc
