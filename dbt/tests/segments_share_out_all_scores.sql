{{ config(tags=['business_logic']) }}

-- Each of the 125 combinations of scores has one of the seven segments. Each segment has the number of its rule.
with scores as (

    {% for score in range(1, 6) %}
    select {{ score }} as score{{ ' union all' if not loop.last }}
    {% endfor %}

),

combinations as (

    select
        recency.score as recency,
        frequency.score as frequency,
        monetary.score as monetary
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary

),

segments as (

    select
        {{ customer_segment('recency', 'frequency', 'monetary') }} as customer_segment,
        count(*) as found
    from combinations
    group by 1

),

expected as (

    select 'Champions' as customer_segment, 8 as found
    union all
    select 'Can''t Lose Them', 8
    union all
    select 'Loyal Customers', 37
    union all
    select 'At Risk', 34
    union all
    select 'New Customers', 10
    union all
    select 'Potential Loyalists', 20
    union all
    select 'Hibernating', 8

)

select
    segments.customer_segment as found_segment,
    segments.found as found_combinations,
    expected.customer_segment as expected_segment,
    expected.found as expected_combinations
from expected
full outer join segments on expected.customer_segment = segments.customer_segment
where segments.customer_segment is null
    or expected.customer_segment is null
    or segments.found <> expected.found
