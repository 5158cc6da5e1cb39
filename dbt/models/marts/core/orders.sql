{{
    config(
        materialized='incremental' if setting('incremental') else 'table',
        incremental_strategy='delete+insert',
        unique_key='order_id',
        event_time='order_date',
        on_schema_change='fail',
        sort='order_date',
        dist='customer_id',
        indexes=on_postgres([
            {'columns': ['order_id'], 'unique': true},
            {'columns': ['customer_id']},
            {'columns': ['order_date']},
        ]),
        post_hook="{% if setting('incremental') and is_incremental() %}
            delete from {{ this }}
            where order_id not in (select order_id from {{ ref('int_order_history') }} where order_id is not null)
        {% endif %}",
    )
}}

with history as (

    select * from {{ ref('int_order_history') }}

)

select * from history
{% if setting('incremental') and is_incremental() %}
-- The sources have no load time. Only the row itself shows a late payment or a changed status of an old order.
except
select * from {{ this }}
{% endif %}
