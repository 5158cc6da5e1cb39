{{ config(materialized='table') }}

with as_of_dates as (

    {{ ltv_as_of_dates() }}

),

numbered as (

    select
        as_of_dates.as_of_date,
        purchases.*,
        row_number() over (
            partition by as_of_dates.as_of_date, purchases.customer_id order by purchases.purchase_date
        ) as purchase_number
    from as_of_dates
    inner join {{ ref('int_customer_purchases') }} as purchases on purchases.purchase_date <= as_of_dates.as_of_date

),

histories as (

    select
        as_of_date,
        customer_id,
        min(purchase_date) as first_purchase_date,
        max(purchase_date) as last_purchase_date,
        count(*) as purchases,
        sum(revenue) as revenue,
        sum(case when purchase_number > 1 then revenue end) as repeat_revenue
    from numbered
    group by as_of_date, customer_id

)

select
    as_of_date,
    customer_id,
    first_purchase_date,
    last_purchase_date,
    cast(purchases as integer) as purchases,
    cast(revenue as double precision) as revenue,
    cast(purchases - 1 as integer) as frequency,
    {{ days_between('first_purchase_date', 'last_purchase_date') }} as recency_days,
    {{ days_between('first_purchase_date', 'as_of_date') }} as age_days,
    case when purchases > 1 then cast(repeat_revenue as double precision) / (purchases - 1) else 0 end as monetary_value
from histories
