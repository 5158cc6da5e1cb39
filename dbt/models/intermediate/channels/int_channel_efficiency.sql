with totals as (

    select * from {{ ref('int_channel_totals') }}

),

measured as (

    select
        totals.*,
        {{ rate('total_conversions', 'total_orders') }} as conversion_rate,
        {{ ratio('total_revenue', 'total_conversions') }} as avg_order_value,
        {{ rate('new_customers', 'total_conversions') }} as acquisition_rate
    from totals

),

relative_to_best as (

    select
        measured.*,
        coalesce({{ ratio('conversion_rate', 'max(conversion_rate) over ()') }}, 0) as relative_conversion_rate,
        coalesce({{ ratio('avg_order_value', 'max(avg_order_value) over ()') }}, 0) as relative_avg_order_value,
        coalesce({{ ratio('acquisition_rate', 'max(acquisition_rate) over ()') }}, 0) as relative_acquisition_rate
    from measured

)

select
    relative_to_best.*,
    100 * (
        {{ setting('efficiency_weight_conversion') }} * relative_conversion_rate
        + {{ setting('efficiency_weight_order_value') }} * relative_avg_order_value
        + {{ setting('efficiency_weight_acquisition') }} * relative_acquisition_rate
    ) as channel_efficiency_score
from relative_to_best
