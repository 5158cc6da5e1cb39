{{ config(tags=['segmentation', 'critical', 'integration']) }}

-- Each customer with a segment has exactly one action, and nobody who may not be profiled has one.
with actions as (

    select
        customer_id,
        count(*) as actions
    from {{ ref('next_best_action') }}
    group by customer_id

),

segments as (

    select customer_id from {{ ref('customer_segmentation') }}

),

opted_out as (

    select customer_id from {{ ref('int_customer_consent') }} where not may_be_profiled

)

select
    coalesce(segments.customer_id, actions.customer_id) as customer_id,
    actions.actions
from segments
full outer join actions on segments.customer_id = actions.customer_id
left join opted_out on actions.customer_id = opted_out.customer_id
where segments.customer_id is null
    or actions.actions is null
    or actions.actions <> 1
    or opted_out.customer_id is not null
