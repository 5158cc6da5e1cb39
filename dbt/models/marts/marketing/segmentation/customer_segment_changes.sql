{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns',
        pre_hook="{% if is_incremental() %}delete from {{ this }} where run_date = {{ analysis_date() }}{% endif %}",
        sort='run_date',
        dist='customer_id',
        indexes=on_postgres([{'columns': ['run_date', 'customer_id'], 'unique': true}, {'columns': ['customer_id']}]),
    )
}}

{# Without a connection, is_incremental() cannot check whether the table exists. #}
{% set continues = flags.INTROSPECT and is_incremental() %}

with segments as (

    select customer_id, customer_segment from {{ ref('customer_segmentation') }}

),

{% if continues %}
changes as (

    select
        customer_id,
        to_segment,
        row_number() over (partition by customer_id order by run_date desc) as row_position
    from {{ this }}
    where run_date < {{ analysis_date() }}

),

{% endif %}
known as (

    {% if continues %}
    select customer_id, to_segment as customer_segment from changes where row_position = 1 and to_segment is not null
    {% else %}
    select customer_id, customer_segment from segments where 1 = 0
    {% endif %}

)

select
    {{ analysis_date() }} as run_date,
    coalesce(segments.customer_id, known.customer_id) as customer_id,
    known.customer_segment as from_segment,
    segments.customer_segment as to_segment
from segments
full outer join known on segments.customer_id = known.customer_id
where coalesce(segments.customer_segment, '') <> coalesce(known.customer_segment, '')
