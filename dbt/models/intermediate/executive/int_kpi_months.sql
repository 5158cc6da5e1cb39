with orders as (

    select * from {{ ref('orders') }}

),

bounds as (

    select
        min(order_month) as first_month,
        {{ months_between('min(order_month)', analysis_date()) }} as month_count
    from orders

),

numbers as (

    select cast(generated_number - 1 as integer) as month_number
    from ({{ dbt.generate_series(1200) }}) as numbers

)

select
    {{ add_months('bounds.first_month', 'numbers.month_number') }} as period_month,
    {{ add_months('bounds.first_month', 'numbers.month_number + 1') }} as following_month,
    numbers.month_number + 1 as month_number
from bounds
inner join numbers on bounds.month_count > numbers.month_number
