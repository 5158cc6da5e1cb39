{#
  Reads a JSON array of objects, row by row, on each engine in its own way:

    with parsed as (select id, {{ parsed_json('actions') }} as actions from …)
    select id, {{ entry_text('action_type') }} from parsed, {{ json_entries('parsed.actions') }}
#}
{% macro parsed_json(text) -%}
  {%- set array = "coalesce(nullif(trim(" ~ text ~ "), ''), '[]')" -%}
  {%- if target.type == 'redshift' -%} json_parse({{ array }})
  {%- elif target.type == 'postgres' -%} cast({{ array }} as jsonb)
  {%- else -%} cast({{ array }} as json)
  {%- endif -%}
{%- endmacro %}


{# What to add to `from`: one row, called entry, per object of an array that parsed_json() read. #}
{% macro json_entries(array) -%}
  {%- if target.type == 'redshift' -%} {{ array }} as entry
  {%- elif target.type == 'postgres' -%} jsonb_array_elements({{ array }}) as entry (object)
  {%- else -%} unnest(cast({{ array }} as json [])) as entry (object)
  {%- endif -%}
{%- endmacro %}


{# A field of json_entries()'s object, as text. #}
{% macro entry_text(field) -%}
  {#- A cast of SUPER to varchar is for texts. -#}
  {%- if target.type == 'redshift' -%}
    case json_typeof(entry."{{ field }}")
        when 'string' then cast(entry."{{ field }}" as varchar)
        when 'number' then json_serialize(entry."{{ field }}")
    end
  {%- else -%} (entry.object ->> '{{ field }}')
  {%- endif -%}
{%- endmacro %}
