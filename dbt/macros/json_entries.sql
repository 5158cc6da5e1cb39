{#
  Reads a JSON array of objects, row by row, with the SQL of each engine:

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


{# An item for the `from` clause: one row, called entry, per object of an array from parsed_json(). #}
{% macro json_entries(array) -%}
  {%- if target.type == 'redshift' -%} {{ array }} as entry
  {%- elif target.type == 'postgres' -%} jsonb_array_elements({{ array }}) as entry (object)
  {%- else -%} unnest(cast({{ array }} as json [])) as entry (object)
  {%- endif -%}
{%- endmacro %}


{# A field of an object from json_entries(), as text. #}
{% macro entry_text(field) -%}
  {#- Redshift casts SUPER to varchar only for texts. -#}
  {%- if target.type == 'redshift' -%}
    case json_typeof(entry."{{ field }}")
        when 'string' then cast(entry."{{ field }}" as varchar)
        when 'number' then json_serialize(entry."{{ field }}")
    end
  {%- else -%} (entry.object ->> '{{ field }}')
  {%- endif -%}
{%- endmacro %}
