{{ config(enabled=setting('incremental')) }}

-- An incremental `orders` equals a build from the current sources: no row is missing, stale or left over.
(
    select 'missing or stale' as problem, history.* from {{ ref('int_order_history') }} as history
    except
    select 'missing or stale' as problem, orders.* from {{ ref('orders') }} as orders
)
union all
(
    select 'left over' as problem, orders.* from {{ ref('orders') }} as orders
    except
    select 'left over' as problem, history.* from {{ ref('int_order_history') }} as history
)
