{{ config(enabled=source_enabled('touchpoints')) }}
{% set models = touch_credit_models() %}

with touches as (

    select * from {{ ref('attribution_touch_credits') }}

),

totals as (

    select
        {{ first_of_month('order_date') }} as order_month,
        attribution_channel,
        campaign_id,
        touch_count > 0 as is_touched,
        {% for model in models %}
        sum({{ model }}_credit) as {{ model }}_conversions,
        sum({{ model }}_credit * cast(revenue as double precision)) as {{ model }}_revenue{{ ',' if not loop.last }}
        {% endfor %}
    from touches
    group by 1, 2, 3, 4

),

models as (

    {% for model in models %}
    select cast('{{ model }}' as varchar(32)) as attribution_model{{ ' union all' if not loop.last }}
    {% endfor %}

)

select
    models.attribution_model,
    totals.order_month,
    totals.attribution_channel,
    totals.campaign_id,
    totals.is_touched,
    case models.attribution_model
        {% for model in models %}
        when '{{ model }}' then totals.{{ model }}_conversions
        {% endfor %}
    end as credited_conversions,
    case models.attribution_model
        {% for model in models %}
        when '{{ model }}' then totals.{{ model }}_revenue
        {% endfor %}
    end as credited_revenue
from totals
cross join models
