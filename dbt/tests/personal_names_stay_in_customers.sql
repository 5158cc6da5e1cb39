{{ config(tags=['critical']) }}

-- Only customers and stg_customers have names and e-mail addresses of customers. The test reads the names of all
-- columns of the marketing schemas, and the texts of the tables and of the views on stg_customers. A text is personal
-- if it is a full name or an address; a column is personal if half of its texts are first or last names.
-- `dbt build` reads the texts of those models that it does not build, because it can replace their tables at the same
-- time. `dbt test` reads all texts.
-- depends_on: {{ ref('customers') }}
{% set personal = [
    'first_name', 'last_name', 'full_name', 'customer_name', 'surname', 'email', 'e_mail', 'email_address',
] %}
{% set allowed = ['customers', 'stg_customers', 'dbt_invocations', 'dbt_model_builds'] %}
{% set names = ref('stg_customers') %}
{% set texts = [] %}
{% for node in graph.nodes.values() if node.resource_type == 'model' and node.unique_id not in selected_resources %}
  {% if node.config.materialized != 'view' or 'model.' ~ project_name ~ '.stg_customers' in node.depends_on.nodes %}
    {% do texts.append(node.schema ~ '.' ~ node.alias) %}
  {% endif %}
{% endfor %}
{% set columns = [] %}
{% for schema, table, column, type in catalog_columns([ref('customers').schema, names.schema]) %}
  {% if table not in allowed and '__dbt_' not in table %}
    {% set is_text = type | lower in ['varchar', 'text'] or 'character varying' in type %}
    {% do columns.append({'schema': schema, 'table': table, 'column': column, 'is_text': is_text}) %}
  {% endif %}
{% endfor %}

with names as (

    select name, max(is_full) as is_full
    from (
        select lower(first_name || ' ' || last_name) as name, 1 as is_full from {{ names }}
        union all
        select lower(last_name || ', ' || first_name) as name, 1 as is_full from {{ names }}
        union all
        select lower(first_name) as name, 0 as is_full from {{ names }} where length(first_name) > 2
        union all
        select lower(last_name) as name, 0 as is_full from {{ names }} where length(last_name) > 2
    ) as spellings
    group by name

),

texts as (

    {% for it in columns if it.is_text and it.schema ~ '.' ~ it.table in texts %}
    select
        '{{ it.schema }}' as table_schema,
        '{{ it.table }}' as table_name,
        '{{ it.column }}' as column_name,
        lower(trim({{ adapter.quote(it.column) }})) as value
    from {{ api.Relation.create(database=names.database, schema=it.schema, identifier=it.table) }}
    union all
    {% endfor %}
    select '' as table_schema, '' as table_name, '' as column_name, '' as value
    where 1 = 0

),

counts as (

    select
        texts.table_schema,
        texts.table_name,
        texts.column_name,
        count(texts.value) as texts,
        count(names.name) as names,
        sum(names.is_full) as full_names,
        count(case when texts.value like '%_@_%._%' then 1 end) as addresses
    from texts
    left join names on texts.value = names.name
    group by texts.table_schema, texts.table_name, texts.column_name

)

{% for it in columns if it.column in personal %}
select '{{ it.schema }}' as table_schema, '{{ it.table }}' as table_name, '{{ it.column }}' as column_name, 'the name of the column' as reason
union all
{% endfor %}
select
    table_schema,
    table_name,
    column_name,
    'its texts' as reason
from counts
where full_names > 0
    or addresses > 0
    or (names > 0 and 2 * names >= texts)
