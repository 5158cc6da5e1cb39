{#
  A text such as 2025-01-07T12:00:00+02:00 as a UTC timestamp. A text without an offset is UTC already, as is a timestamp column.
  The offset can be +02:00, +0200, +02 or Z, and a fraction of a second can come before it. The fraction is dropped.
#}
{% macro timestamp_of_iso_text(text) -%}
  {%- set text = 'cast(' ~ text ~ ' as varchar(64))' -%}
  {%- set rest = 'substring(' ~ text ~ ' from 20)' -%}
  {%- set sign = 'greatest(strpos(' ~ rest ~ ", '+'), strpos(" ~ rest ~ ", '-'))" -%}
  {%- set digits = 'replace(substring(' ~ rest ~ ' from ' ~ sign ~ " + 1), ':', '')" -%}
  {%- set minutes -%}
    case when {{ sign }} = 0 then 0 else
      (60 * cast(substring({{ digits }}, 1, 2) as integer) + cast(coalesce(nullif(substring({{ digits }} from 3), ''), '0') as integer))
      * case when strpos({{ rest }}, '-') > 0 then 1 else -1 end
    end
  {%- endset -%}
  {%- set clock = 'cast(replace(substring(' ~ text ~ ", 1, 19), 'T', ' ') as timestamp)" -%}
  cast({{ dbt.dateadd('minute', minutes, clock) }} as timestamp)
{%- endmacro %}
