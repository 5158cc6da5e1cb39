{#
  The UTC time of a source's timestamp, as a timestamp without time zone. A timestamp without time zone is UTC already. The time
  zone of the session, which casts depend on, has no effect.
#}
{% macro utc_time(timestamp) -%}
  {%- if target.type == 'duckdb' -%}
    make_timestamp(epoch_us({{ timestamp }}))
  {%- elif target.type == 'redshift' -%}
    {#- Redshift gives whole seconds of a timestamp. -#}
    cast({{ dbt.dateadd('second', 'cast(floor(extract(epoch from ' ~ timestamp ~ ')) as bigint)', "cast('1970-01-01' as timestamp)") }} as timestamp)
  {%- else -%}
    (to_timestamp(extract(epoch from {{ timestamp }})) at time zone 'UTC')
  {%- endif -%}
{%- endmacro %}


{# The clock of the var business_time_zone at a UTC time. It repeats an hour each year, so sort by the UTC time. #}
{% macro business_time(utc) -%}
  {%- set zone = setting('business_time_zone') -%}
  {%- if zone == 'UTC' -%}
    {{ utc }}
  {%- elif target.type == 'redshift' -%}
    convert_timezone('UTC', '{{ zone }}', {{ utc }})
  {%- else -%}
    (({{ utc }}) at time zone 'UTC' at time zone '{{ zone }}')
  {%- endif -%}
{%- endmacro %}


{# The day of a UTC time in the var business_time_zone. Orders and costs have days of this zone. #}
{% macro business_day(utc) -%}
  cast({{ business_time(utc) }} as date)
{%- endmacro %}
