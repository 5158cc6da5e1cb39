{# A text as SQL, with the quotes in it doubled. In Redshift a backslash escapes what follows, so that it is doubled, too. #}
{% macro text_literal(text) -%}
  {%- set text = text | replace('\\', '\\\\') if target.type == 'redshift' else text -%}
  '{{ dbt.escape_single_quotes(text) }}'
{%- endmacro %}
