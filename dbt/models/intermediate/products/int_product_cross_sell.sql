with affinity as (

    select * from {{ ref('product_affinity') }}

),

directed as (

    select product_a as product_name, product_b as partner, lift, buyers_of_both from affinity
    union all
    select product_b as product_name, product_a as partner, lift, buyers_of_both from affinity

),

preferred as (

    select
        product_name,
        partner,
        row_number() over (
            partition by product_name
            order by lift desc, buyers_of_both desc, {{ byte_order('partner') }}
        ) as row_position
    from directed
    where lift > 1

)

select
    product_name,
    partner as cross_sell_product
from preferred
where row_position = 1
