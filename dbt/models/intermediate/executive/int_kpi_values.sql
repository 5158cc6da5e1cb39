{% set has_ads, has_email = ads_enabled(), source_enabled('sendgrid') or source_enabled('mailchimp') %}
{% set values = {
    'revenue': 'coalesce(sales.revenue, 0)',
    'orders': 'coalesce(sales.successful_orders, 0)',
    'average_order_value': ratio('sales.revenue', 'sales.successful_orders'),
    'new_customers': 'coalesce(sales.new_customers, 0)',
    'return_rate': rate('sales.returned_orders', 'sales.all_orders'),
    'promotional_dependency': rate('sales.promotional_revenue', 'sales.revenue'),
    'a_product_revenue': 'coalesce(sales.a_product_revenue, 0)',
    'churn_rate': rate('churn.lapsed_customers', 'churn.active_customers'),
    'retention_month_1': 'cohorts.retention_month_1',
    'retention_month_3': 'cohorts.retention_month_3',
    'ltv_per_customer': 'cohorts.ltv_per_customer',
} %}
{% if has_ads %}
    {% do values.update({
        'ad_spend': 'ads.ad_spend',
        'cac': ratio('ads.ad_spend', 'sales.new_customers'),
        'mer': ratio('coalesce(sales.revenue, 0)', 'ads.ad_spend'),
        'ltv_cac': 'cohorts.ltv_per_customer * ' ~ ratio('sales.new_customers', 'ads.ad_spend'),
    }) %}
{% endif %}
{% if has_ads and source_enabled('budgets') %}
    {% do values.update({'budget_used': rate('ads.budgeted_spend', 'ads.budget')}) %}
{% endif %}
{% if has_ads and source_enabled('touchpoints') %}
    {% set credited = 'ads.' ~ setting('performance_attribution_model') ~ '_revenue' %}
    {% do values.update({
        'campaign_roi': rate('(' ~ credited ~ ' * ' ~ setting('margin_rate') ~ ' - ads.ad_spend)', 'ads.ad_spend'),
    }) %}
    {% for model in attribution_models() %}
        {% do values.update({'roas_' ~ model: ratio('ads.' ~ model ~ '_revenue', 'ads.ad_spend')}) %}
    {% endfor %}
{% endif %}
{% if has_email %}
    {% do values.update({'email_revenue': 'coalesce(emails.email_revenue, 0)'}) %}
{% endif %}
{% do values.update({'predicted_ltv': 'economics.predicted_ltv'}) %}
{% if has_ads %}
    {% do values.update({
        'predicted_ltv_cac': 'economics.predicted_ltv * ' ~ ratio('sales.new_customers', 'ads.ad_spend'),
        'payback_months': 'economics.payback_months',
    }) %}
{% endif %}

with measures as (

    select
        months.period_month,
        months.month_number,
        {%- for kpi, expression in values.items() %}
        cast({{ expression }} as double precision) as {{ kpi }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_kpi_months') }} as months
    left join {{ ref('int_kpi_sales') }} as sales on months.period_month = sales.period_month
    left join {{ ref('int_kpi_churn') }} as churn on months.period_month = churn.period_month
    left join {{ ref('int_kpi_cohorts') }} as cohorts on months.period_month = cohorts.period_month
    left join {{ ref('int_kpi_unit_economics') }} as economics on months.period_month = economics.period_month
    {% if has_ads %}
    left join {{ ref('int_kpi_advertising') }} as ads on months.period_month = ads.period_month
    {% endif %}
    {% if has_email %}
    left join (
        select {{ first_of_month('order_date') }} as period_month, sum(amount) as email_revenue
        from {{ ref('int_email_orders') }}
        group by {{ first_of_month('order_date') }}
    ) as emails on months.period_month = emails.period_month
    {% endif %}

)

{% for kpi in values %}
select period_month, month_number, '{{ kpi }}' as kpi_name, {{ kpi }} as value from measures
{{ 'union all' if not loop.last }}
{% endfor %}
