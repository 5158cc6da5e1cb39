{# The timestamp that a text such as 2025-01-07T10:00:00+00:00 says, read as UTC; a column of timestamps stays what it is. #}
{% macro timestamp_of_iso_text(text) -%}
  cast(replace(substring(cast({{ text }} as varchar(64)), 1, 19), 'T', ' ') as timestamp)
{%- endmacro %}
