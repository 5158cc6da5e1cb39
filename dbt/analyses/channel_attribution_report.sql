select
    attribution_channel,
    total_conversions,
    total_revenue,
    channel_efficiency_score,
    channel_classification,
    optimization_recommendation
from {{ ref('marketing_attribution') }}
where {{ is_not_small('unique_customers') }}
order by total_revenue desc
