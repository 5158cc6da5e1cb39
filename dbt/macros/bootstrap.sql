{#
  The hash of a row in a sample of a bootstrap. It depends on the row's key and the number of the sample alone, so that every
  engine and every run draws the same samples.
#}
{% macro bootstrap_hash(key, sample) -%}
  md5(cast({{ key }} as varchar(64)) || '/' || cast({{ sample }} as varchar(64)))
{%- endmacro %}


{#
  How often a row is in a sample: 0 to 5, 1 on average. The limits are the shares of the Poisson distribution of mean 1, of the
  65,536 values that the first four hexadecimal digits of a hash have. They are compared as texts, because PostgreSQL would compute
  a number made of them again for each comparison.
#}
{% macro bootstrap_weight(hash) -%}
  {%- set digits = 'substring(' ~ hash ~ ', 1, 4)' -%}
  case
            {%- for limit in [24109, 48219, 60273, 64292, 65296] %}
            when {{ digits }} < '{{ '%04x' % limit }}' then {{ loop.index0 }}
            {%- endfor %}
            else 5
        end
{%- endmacro %}
