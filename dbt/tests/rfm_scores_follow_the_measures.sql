{{ config(tags=['business_logic']) }}

-- A higher score means a strictly higher measure (for recency: fewer days), so equal customers have equal scores.
{% for score, measure in {
    'recency_score': '-days_since_last_order',
    'frequency_score': 'total_orders',
    'monetary_score': 'total_revenue',
}.items() %}
select
    '{{ score }}' as score,
    lower_score.score as lower_score,
    higher_score.score as higher_score
from (
    select {{ score }} as score, max({{ measure }}) as most from {{ ref('customer_segmentation') }} group by 1
) as lower_score
inner join (
    select {{ score }} as score, min({{ measure }}) as least from {{ ref('customer_segmentation') }} group by 1
) as higher_score on lower_score.score < higher_score.score
where lower_score.most >= higher_score.least
{{ 'union all' if not loop.last }}
{% endfor %}
