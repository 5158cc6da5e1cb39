{{ config(sort='date_day', dist='all', indexes=on_postgres([{'columns': ['date_day'], 'unique': true}])) }}

with orders as (

    select * from {{ ref('stg_orders') }}

),

bounds as (

    select
        min(order_date) as first_day,
        {{ days_between('min(order_date)', analysis_date()) }} as later_days
    from orders

),

-- 65,536 numbers, the most that 16 steps give, are 179 years.
numbers as (

    select cast(generated_number - 1 as integer) as day_number
    from ({{ dbt.generate_series(65536) }}) as numbers

)

select {{ add_days('bounds.first_day', 'numbers.day_number') }} as date_day
from bounds
inner join numbers on bounds.later_days >= numbers.day_number
