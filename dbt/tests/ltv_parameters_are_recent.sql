{{ config(tags=['ltv'], enabled=source_enabled('clv_model_parameters')) }}
-- depends_on: {{ ref('stg_orders') }}

{% call test_with_messages() %}
select
    'the newest parameters of the lifetime value were fitted to purchases up to ' || cast(max(as_of_date) as varchar(10))
    || ', ' || cast({{ days_between('max(as_of_date)', analysis_date()) }} as varchar(10)) || ' days before analysis_date; allowed: '
    || '{{ setting('ltv_parameters_max_age_days') }} days (var ltv_parameters_max_age_days); fix: run '
    || '`npm run ltv:fit -- --target {{ target.name }}` in the repository, then build customer_ltv again' as message
from {{ ref('stg_clv_model_parameters') }}
having {{ days_between('max(as_of_date)', analysis_date()) }} > {{ setting('ltv_parameters_max_age_days') }}
{% endcall %}
