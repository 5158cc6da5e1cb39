with cohort_orders as (

    select * from {{ ref('int_cohort_orders') }}

),

sales as (

    select
        cohort_month,
        product_name,
        sum(amount) as revenue
    from cohort_orders
    where product_name is not null
    group by cohort_month, product_name

),

ranked as (

    select
        cohort_month,
        product_name,
        row_number() over (
            partition by cohort_month
            order by revenue desc, {{ byte_order('product_name') }}
        ) as row_position
    from sales

)

select
    cohort_month,
    product_name as top_product
from ranked
where row_position = 1
