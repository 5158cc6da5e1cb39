{{ config(tags=['critical']) }}

-- Only customers and stg_customers have columns of names in the marketing schemas.
-- depends_on: {{ ref('customers') }}
{% set schemas = [ref('customers').schema, ref('stg_customers').schema] %}
select
    table_schema,
    table_name,
    column_name
from information_schema.columns
where table_schema in ('{{ schemas | join("', '") }}')
    and column_name in ('first_name', 'last_name', 'full_name', 'customer_name', 'email')
    and table_name not in ('customers', 'stg_customers')
    and table_name not like '%__dbt_%'
