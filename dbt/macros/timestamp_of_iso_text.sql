{# A text such as 2025-01-07T10:00:00+00:00 as a UTC timestamp. A timestamp column stays unchanged. #}
{% macro timestamp_of_iso_text(text) -%}
  cast(replace(substring(cast({{ text }} as varchar(64)), 1, 19), 'T', ' ') as timestamp)
{%- endmacro %}
