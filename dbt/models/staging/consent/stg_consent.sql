{{ config(enabled=source_enabled('consent')) }}

with consent as (

    select
        customer_id,
        purpose,
        status,
        {{ utc_time('changed_at') }} as changed_at
    from {{ source('dbt_production', 'consent') }}

),

cleaned as (

    select
        cast(customer_id as bigint) as customer_id,
        cast({{ folded_name('purpose') }} as varchar(64)) as purpose,
        cast({{ folded_name('status') }} as varchar(64)) as status,
        cast(changed_at as timestamp) as changed_at
    from consent
    where {{ happened_by_analysis_date(business_day('changed_at')) }}

),

-- Of two changes at the same time, the withdrawal counts.
ranked as (

    select
        cleaned.*,
        row_number() over (
            partition by customer_id, purpose
            order by changed_at desc nulls last, case when status = 'granted' then 1 else 0 end
        ) as row_position
    from cleaned
    where customer_id is not null

)

select
    customer_id,
    purpose,
    status,
    changed_at
from ranked
where row_position = 1
