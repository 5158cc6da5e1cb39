{{ config(materialized='table', dist='customer_id', indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}])) }}

with customers as (

    select customer_id from {{ ref('stg_customers') }} where customer_id is not null
    union
    select customer_id from {{ ref('stg_orders') }} where customer_id is not null

){% if source_enabled('consent') %},

consent as (

    select
        customer_id,
        {%- for purpose in ['profiling', 'marketing'] %}
        max(case when purpose = '{{ purpose }}' then case when status = 'granted' then 1 else 0 end end) as {{ purpose }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_consent') }}
    group by customer_id

){% endif %}

select
    customers.customer_id,
    {%- for purpose, column in {'profiling': 'may_be_profiled', 'marketing': 'may_be_contacted'}.items() %}
    {%- set default = 1 if setting('consent_' ~ purpose ~ '_default') == 'granted' else 0 %}
    {{ 'coalesce(consent.' ~ purpose ~ ', ' ~ default ~ ')' if source_enabled('consent') else default }} = 1 as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from customers
{%- if source_enabled('consent') %}
left join consent on customers.customer_id = consent.customer_id
{%- endif %}
