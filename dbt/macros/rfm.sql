{# A score from 1 to 5: 1 + floor(5 x customers strictly worse / all customers). Equal customers get equal scores. #}
{% macro rfm_score(customers_worse, customers) -%}
  cast(1 + floor({{ ratio('5 * ' ~ customers_worse, customers) }}) as integer)
{%- endmacro %}


{# The segment of three scores: the first that matches. Each of the 125 combinations has a segment. #}
{% macro customer_segment(recency, frequency, monetary) -%}
  case
        when {{ recency }} >= 4 and {{ frequency }} >= 4 and {{ monetary }} >= 4 then 'Champions'
        when {{ recency }} <= 2 and {{ frequency }} >= 4 and {{ monetary }} >= 4 then 'Can''t Lose Them'
        when {{ recency }} >= 3 and {{ frequency }} >= 3 then 'Loyal Customers'
        when {{ recency }} <= 2 and ({{ frequency }} >= 3 or {{ monetary }} >= 3) then 'At Risk'
        when {{ recency }} >= 4 and {{ frequency }} = 1 then 'New Customers'
        when {{ recency }} >= 3 then 'Potential Loyalists'
        else 'Hibernating'
    end
{%- endmacro %}
