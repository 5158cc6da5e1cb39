with customers as (

    select id, first_name, last_name from {{ source('dbt_production', 'customers') }}

)

select
    cast(id as bigint) as customer_id,
    trim(first_name) as first_name,
    trim(last_name) as last_name
from customers
