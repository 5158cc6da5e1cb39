{# The setting platform_limits, which is JSON in the environment variable. check_vars() says what is wrong with it. #}
{% macro platform_limits() %}
  {% set limits = setting('platform_limits') %}
  {{ return(fromjson(limits, none) if limits is string else limits) }}
{% endmacro %}


{#
  SQL for the limit of a platform, such as platform_freshness_error_days: its own value in platform_limits, else that of
  `all`, else the var of this name. `platform` is the SQL for the platform.
#}
{% macro limit_of(platform, name) -%}
  {%- set limits = platform_limits() if platform_limits() is mapping else {} -%}
  {%- set usual = limits.all[name] if limits.all is mapping and name in limits.all else setting(name) -%}
  {%- set own = [] -%}
  {%- for it, limit in limits.items() if it != 'all' and limit is mapping and name in limit %}{% do own.append("when '" ~ it ~ "' then " ~ limit[name]) %}{% endfor -%}
  {{ 'case ' ~ platform ~ ' ' ~ own | join(' ') ~ ' else ' ~ usual ~ ' end' if own else usual }}
{%- endmacro %}
