{# A text as SQL, with doubled quotes. In Redshift a backslash escapes the next character, so it is doubled, too. #}
{% macro text_literal(text) -%}
  {%- set text = text | replace('\\', '\\\\') if target.type == 'redshift' else text -%}
  '{{ dbt.escape_single_quotes(text) }}'
{%- endmacro %}
