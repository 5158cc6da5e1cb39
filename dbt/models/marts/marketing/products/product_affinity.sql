{{
    config(
        sort=['product_a', 'product_b'],
        dist='product_a',
        indexes=on_postgres([{'columns': ['product_a', 'product_b'], 'unique': true}]),
    )
}}

with purchases as (

    select distinct
        customer_id,
        product_name
    from {{ ref('orders') }}
    where is_successful and customer_id is not null

),

buyers as (

    select count(distinct customer_id) as buyers from purchases

),

product_buyers as (

    select
        product_name,
        count(*) as buyers
    from purchases
    group by product_name

),

pairs as (

    select
        first_product.product_name as product_a,
        second_product.product_name as product_b,
        count(*) as buyers_of_both
    from purchases as first_product
    inner join purchases as second_product
        on first_product.customer_id = second_product.customer_id
        and {{ byte_order('first_product.product_name') }} < {{ byte_order('second_product.product_name') }}
    group by first_product.product_name, second_product.product_name

)

select
    {{ dbt.hash(dbt.concat([dbt.hash('pairs.product_a'), dbt.hash('pairs.product_b')])) }} as product_pair_key,
    pairs.product_a,
    pairs.product_b,
    a.buyers as buyers_of_a,
    b.buyers as buyers_of_b,
    pairs.buyers_of_both,
    {{ rate('pairs.buyers_of_both', 'buyers.buyers') }} as support,
    {{ rate('pairs.buyers_of_both', 'a.buyers') }} as confidence,
    {{ rate('pairs.buyers_of_both', 'b.buyers') }} as confidence_b_to_a,
    {{ ratio('pairs.buyers_of_both', 'a.buyers') }} * {{ ratio('buyers.buyers', 'b.buyers') }} as lift
from pairs
inner join product_buyers as a on pairs.product_a = a.product_name
inner join product_buyers as b on pairs.product_b = b.product_name
cross join buyers
where pairs.buyers_of_both >= {{ setting('affinity_min_support') }} * buyers.buyers
