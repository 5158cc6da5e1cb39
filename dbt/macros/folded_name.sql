{#
  A name as this project spells it: lower case, without spaces around it, and with _ for the spaces inside. " Paid Social" is
  paid_social. Sources spell one channel, platform, status or payment method in several ways.
#}
{% macro folded_name(text) -%}
  replace(lower(trim({{ text }})), ' ', '_')
{%- endmacro %}
