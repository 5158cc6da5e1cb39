{{ config(enabled=source_enabled('touchpoints')) }}

with touches as (

    select
        credits.*,
        cast({{ dbt.date_trunc('week', 'order_date') }} as date) as week,
        {{ part_of_month('order_date') }} as month_part
    from {{ ref('attribution_touch_credits') }} as credits
    where order_date is not null

),

parts as (

    select
        week,
        month_part,
        dense_rank() over (order by week) as week_number,
        count(distinct order_id) as conversions
    from touches
    where {{ add_days('week', 6) }} <= {{ analysis_date() }}
    group by week, month_part

),

credits as (

    {% for model in touch_credit_models() %}
    select
        week,
        month_part,
        cast('{{ model }}' as varchar(32)) as attribution_model,
        attribution_channel,
        sum({{ model }}_credit) as credit
    from touches
    group by week, month_part, attribution_channel
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    parts.week,
    parts.week_number,
    parts.month_part,
    series.attribution_model,
    series.attribution_channel,
    parts.conversions,
    cast(coalesce(credits.credit, 0) as double precision) as credit
from parts
cross join (select distinct attribution_model, attribution_channel from credits) as series
left join credits
    on parts.week = credits.week and parts.month_part = credits.month_part
    and series.attribution_model = credits.attribution_model
    and series.attribution_channel = credits.attribution_channel
