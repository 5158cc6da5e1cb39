{# The advertising ratios, computed from sums. They are null where the denominator is 0 or not known. #}
{% macro campaign_ratios() -%}
    {{ rate('clicks', 'impressions') }} as ctr,
    {{ ratio('spend', 'clicks') }} as cpc,
    1000 * {{ ratio('spend', 'impressions') }} as cpm,
    {{ ratio('spend', 'attributed_conversions') }} as cpa,
    {{ ratio('spend', 'new_customers') }} as cac,
    {{ ratio('attributed_revenue', 'spend') }} as roas,
    {{ rate('(attributed_revenue * ' ~ setting('margin_rate') ~ ' - spend)', 'spend') }} as roi
{%- endmacro %}
