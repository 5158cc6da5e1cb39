{#
  The hash of a row in a sample of a bootstrap. It depends on the row's key and the number of the sample alone, so that every
  engine and every run draws the same samples.
#}
{% macro bootstrap_hash(key, sample) -%}
  md5(cast({{ key }} as varchar(64)) || '/' || cast({{ sample }} as varchar(64)))
{%- endmacro %}


{# The number of the first four hexadecimal digits of a hash, 0 to 65535. #}
{% macro number_of_hash(hash) -%}
  {%- for place in range(1, 5) -%}
  {{ 16 ** (4 - place) }} * (strpos('0123456789abcdef', substring({{ hash }}, {{ place }}, 1)) - 1)
  {{- ' + ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}


{# How often a row is in a sample: 0 to 5, 1 on average. The limits are the shares of the Poisson distribution of mean 1. #}
{% macro bootstrap_weight(number) -%}
  case
            when {{ number }} < 24109 then 0
            when {{ number }} < 48219 then 1
            when {{ number }} < 60273 then 2
            when {{ number }} < 64291 then 3
            when {{ number }} < 65296 then 4
            else 5
        end
{%- endmacro %}
