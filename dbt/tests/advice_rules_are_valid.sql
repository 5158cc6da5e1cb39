{{ config(tags=['core']) }}
{% set file = 'dbt/seeds/advice_rules.csv' %}
{% set subjects = advice_conditions() %}
{% set conditions = subjects.values() | map('list') | sum(start=[]) | unique | list %}

-- A mistyped condition would be true for nothing, and a subject without a last rule would leave rows without advice.
{% call test_with_messages() %}
with rules as (

    select * from {{ ref('advice_rules') }}

)

select
    '{{ file }}, rule ' || coalesce(rule_name, '') || ': subject is ' || subject
    || '; allowed: {{ subjects | join(' or ') }}; fix: correct the cell' as message
from rules
where subject not in ('{{ subjects | join("', '") }}')

union all

select
    '{{ file }}: rules ' || min(rule_name) || ' and ' || max(rule_name) || ' of the same subject have the priority '
    || cast(priority as varchar(16)) || '; allowed: a different number for each; fix: change one of them' as message
from rules
group by subject, priority
having count(*) > 1
{%- for subject, values in subjects.items() %}

union all

select
    '{{ file }}: the rule with the largest priority for a {{ subject }} has conditions, or there is none; '
    || 'allowed: a last rule without conditions, so that each {{ subject }} gets advice; '
    || 'fix: add one with the largest priority' as message
from (
    select count(*) as last_rules
    from rules
    where subject = '{{ subject }}'
        and coalesce({{ values | join(', ') }}) is null
        and priority = (select max(priority) from rules where subject = '{{ subject }}')
) as counted
where last_rules = 0
{%- for condition in conditions %}
{%- set allowed = values.get(condition, []) %}
{%- set listed = allowed | join(', ') ~ ' or an empty cell' if allowed else 'an empty cell' %}

union all

select
    '{{ file }}, rule ' || coalesce(rule_name, '') || ': {{ condition }} is ' || {{ condition }}
    || '; allowed: {{ listed }} for a {{ subject }}; fix: correct the cell' as message
from rules
where subject = '{{ subject }}'
    and {{ condition }} {{ "not in ('" ~ allowed | join("', '") ~ "')" if allowed else 'is not null' }}
{%- endfor %}
{%- endfor %}
{% endcall %}
