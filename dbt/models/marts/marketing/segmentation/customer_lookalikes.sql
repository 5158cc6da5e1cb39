{# Features of the first order alone: the segments come from all orders, so features of these would repeat the segment. #}
{% set features = ['first_order_amount', 'first_order_promotional_rate', 'first_order_on_weekend', 'first_order_payments'] %}
{{ config(sort='lookalike_rank', indexes=on_postgres([{'columns': ['customer_id'], 'unique': true}])) }}

with customers as (

    select * from {{ ref('customer_behaviors') }}

),

observed as (

    {% for feature in features %}
    select customer_id, customer_segment, '{{ feature }}' as feature, {{ feature }} as value from customers
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Standard deviations from the mean of all customers. A feature that is equal for all of them has no weight.
standardized as (

    select
        observed.*,
        coalesce(
            {{ ratio('value - avg(value) over (partition by feature)', 'stddev_pop(value) over (partition by feature)') }},
            0
        ) as z
    from observed

),

centroids as (

    select
        feature,
        avg(z) as centroid
    from standardized
    where customer_segment = '{{ dbt.escape_single_quotes(setting('lookalike_segment')) }}'
    group by feature

),

differences as (

    select
        standardized.customer_id,
        standardized.customer_segment,
        standardized.feature,
        standardized.z - centroids.centroid as difference,
        row_number() over (
            partition by standardized.customer_id
            order by cast(abs(standardized.z - centroids.centroid) as numeric(18, 9)), standardized.feature
        ) as closeness
    from standardized
    inner join centroids on standardized.feature = centroids.feature
    where standardized.customer_segment <> '{{ dbt.escape_single_quotes(setting('lookalike_segment')) }}'

),

distances as (

    select
        customer_id,
        customer_segment,
        sqrt(sum(difference * difference)) as distance,
        {%- for feature in features %}
        sum(case when feature = '{{ feature }}' then difference end) as {{ feature }}_difference,
        {%- endfor %}
        max(case when closeness = 1 then feature end) as closest_feature
    from differences
    group by customer_id, customer_segment

),

ranked as (

    select
        distances.*,
        -- Rounding, so that the last bits of a double do not decide between equal customers.
        cast(row_number() over (order by cast(distance as numeric(18, 9)), customer_id) as integer) as lookalike_rank
    from distances

)

select
    customer_id,
    customer_segment,
    lookalike_rank,
    1 / (1 + distance) as score,
    distance,
    {%- for feature in features %}
    {{ feature }}_difference,
    {%- endfor %}
    closest_feature
from ranked
where lookalike_rank <= {{ setting('lookalike_count') }}
