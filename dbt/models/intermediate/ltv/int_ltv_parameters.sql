with as_of_dates as (

    {{ ltv_as_of_dates() }}

),

{% if source_enabled('clv_model_parameters') %}
fits as (

    select
        as_of_dates.as_of_date as valid_on,
        parameters.*,
        row_number() over (
            partition by as_of_dates.as_of_date
            order by parameters.as_of_date desc, parameters.fitted_at desc, parameters.model_version desc
        ) as age_rank
    from as_of_dates
    inner join {{ ref('stg_clv_model_parameters') }} as parameters on parameters.as_of_date <= as_of_dates.as_of_date

),
{% else %}
fits as (

    select
        as_of_date as valid_on,
        cast(null as varchar(64)) as model_version,
        as_of_date,
        {% for name in ['alpha', 'r', 'a', 'b', 'p', 'q', 'v'] %}cast(null as double precision) as {{ name }}, {% endfor %}
        7 as days_per_unit,
        0 as n_customers,
        1 as age_rank
    from as_of_dates
    where 1 = 0

),
{% endif %}

newest as (

    select * from fits where age_rank = 1

)

select
    as_of_dates.as_of_date,
    case
        when newest.valid_on is null then 'no_parameters'
        when newest.n_customers < {{ setting('ltv_min_customers') }} then 'insufficient_data'
        else 'fitted'
    end as parameter_status,
    newest.model_version,
    newest.as_of_date as fitted_as_of,
    newest.r,
    newest.alpha * newest.days_per_unit / 7 as alpha,
    {{ away_from('newest.a', 1) }} as a,
    newest.b,
    newest.p,
    newest.q,
    newest.v
from as_of_dates
left join newest on as_of_dates.as_of_date = newest.valid_on
