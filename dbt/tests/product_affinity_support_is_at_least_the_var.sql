{{ config(tags=['business_logic']) }}

select product_a, product_b, support
from {{ ref('product_affinity') }}
where support < 100 * {{ setting('affinity_min_support') }} - 1e-9
