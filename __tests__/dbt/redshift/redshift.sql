-- Makes a PostgreSQL database look like Redshift's. %DATABASE% is its name; a superuser runs this once.
create schema redshift;
alter database %DATABASE% set search_path = redshift, pg_catalog;
alter database %DATABASE% set standard_conforming_strings = off;
alter database %DATABASE% set escape_string_warning = off;
alter database %DATABASE% set timezone = 'UTC';
set search_path = redshift, pg_catalog;
set allow_system_table_mods = on;

-- Arithmetic. The average of whole numbers is a whole number; of decimals it keeps their scale. A quotient of decimals
-- keeps at least 4 digits, and no more when the operands are wide.
create function whole_average(state numeric []) returns bigint language sql immutable
return trunc(state[1] / nullif(state[2], 0));
create function decimal_average(state numeric []) returns numeric language sql immutable
return round(pg_catalog.numeric_div(state[1], nullif(state[2], 0)), scale(state[1]));
create function average_step(state numeric [], value numeric) returns numeric [] language sql immutable
return case when value is null then state else array[state[1] + value, state[2] + 1] end;
create function average_step(state numeric [], value bigint) returns numeric [] language sql immutable
return case when value is null then state else array[state[1] + value, state[2] + 1] end;
create function average_step(state numeric [], value integer) returns numeric [] language sql immutable
return case when value is null then state else array[state[1] + value, state[2] + 1] end;
create aggregate avg(integer) (sfunc = average_step, stype = numeric [], finalfunc = whole_average, initcond = '{0,0}');
create aggregate avg(bigint) (sfunc = average_step, stype = numeric [], finalfunc = whole_average, initcond = '{0,0}');
create aggregate avg(numeric) (sfunc = average_step, stype = numeric [], finalfunc = decimal_average, initcond = '{0,0}');
create function quotient(a numeric, b numeric) returns numeric language sql immutable
return round(pg_catalog.numeric_div(a, b), 4);
create operator / (function = quotient, leftarg = numeric, rightarg = numeric);

-- Dates. Parts are texts here: the proxy quotes them.
create function getdate() returns timestamp language sql stable return localtimestamp;
create function date_trunc(part text, day date) returns timestamp language sql immutable
return pg_catalog.date_trunc(part, cast(day as timestamp));
create function dateadd(part text, number bigint, moment timestamp) returns timestamp language sql immutable
return moment + cast(number || ' ' || case part when 'quarter' then 'month' else part end as interval)
* case part when 'quarter' then 3 else 1 end;
create function convert_timezone(source text, target text, moment timestamp) returns timestamp language sql immutable
return moment at time zone source at time zone target;
create function datediff(part text, earlier timestamp, later timestamp) returns bigint language sql immutable
return case
    when part in ('year', 'years') then extract(year from later) - extract(year from earlier)
    when part in ('quarter', 'quarters')
        then (extract(year from later) - extract(year from earlier)) * 4
            + extract(quarter from later) - extract(quarter from earlier)
    when part in ('month', 'months')
        then (extract(year from later) - extract(year from earlier)) * 12
            + extract(month from later) - extract(month from earlier)
    else extract(epoch from pg_catalog.date_trunc(part, later) - pg_catalog.date_trunc(part, earlier))
        / case part when 'week' then 604800 when 'day' then 86400 when 'hour' then 3600 when 'minute' then 60 else 1 end
end;

-- Texts and SUPER, which is jsonb here. A cast of SUPER to varchar is for texts only.
create function len(value text) returns integer language sql immutable return length(value);
create function sha2(value text, bits integer) returns varchar language sql immutable
return encode(sha256(convert_to(value, 'UTF8')), 'hex');
create function json_parse(value text) returns jsonb language sql immutable return cast(value as jsonb);
create function json_typeof(value jsonb) returns text language sql immutable return jsonb_typeof(value);
create function json_serialize(value jsonb) returns varchar language sql immutable return cast(value as text);
create function super_text(value jsonb) returns varchar language plpgsql immutable as $$
begin
    if jsonb_typeof(value) not in ('string', 'null') then
        raise exception 'a cast of SUPER to varchar is for texts, and this is %', value;
    end if;
    return value #>> '{}';
end $$;
create cast (jsonb as varchar) with function super_text(jsonb);

-- Late-binding views: their query is a text that is planned when it runs, so that nothing depends on anything.
create function late(query text) returns setof record language plpgsql rows 5000 as $$
begin
    return query execute query;
end $$;
create function bind_late() returns event_trigger language plpgsql as $$
declare
    made record;
    columns text;
begin
    if current_query() not like '/* late binding */%' then return; end if;
    for made in
        select objid, object_identity, pg_get_viewdef(objid) as query
        from pg_event_trigger_ddl_commands()
        where command_tag = 'CREATE VIEW'
    loop
        continue when is_late(made.objid);
        select string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
        into columns
        from pg_catalog.pg_attribute
        where attrelid = made.objid and attnum > 0;
        execute format(
            'create or replace view %s as select * from redshift.late(%L) as late (%s)',
            made.object_identity, made.query, columns
        );
    end loop;
end $$;
create function is_late(view oid) returns boolean language sql stable
return pg_get_viewdef(view) like '%FROM late(%' or pg_get_viewdef(view) like '%FROM redshift.late(%';
create event trigger bind_late on ddl_command_end when tag in ('CREATE VIEW') execute function bind_late();
create function pg_get_late_binding_view_cols() returns setof record language sql stable as $$
select nspname, relname, attname, cast(format_type(atttypid, atttypmod) as varchar), cast(attnum as integer)
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
inner join pg_catalog.pg_attribute on attrelid = pg_class.oid and attnum > 0
where relkind = 'v' and is_late(pg_class.oid)
$$;
create view pg_attribute as
select attribute.*
from pg_catalog.pg_attribute as attribute
inner join pg_catalog.pg_class on pg_class.oid = attrelid
where relkind <> 'v' or not is_late(pg_class.oid);
create view columns as
select columns.*
from information_schema.columns
where not exists (
    select 1
    from pg_get_late_binding_view_cols() as late (view_schema name, view_name name, name name, kind varchar, place integer)
    where late.view_schema = table_schema and late.view_name = table_name
);

-- System views that dbt-redshift reads.
create view svv_relation_privileges as
select
    nspname as namespace_name,
    relname as relation_name,
    coalesce(rolname, 'public') as identity_name,
    case when grantee = 0 then 'public' when rolcanlogin then 'user' else 'role' end as identity_type,
    privilege_type
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
cross join lateral aclexplode(relacl)
left join pg_catalog.pg_roles on pg_roles.oid = grantee;
create view svv_table_info as
select
    cast(nspname as varchar) as "schema",
    cast(relname as varchar) as "table",
    'Y, AUTO(ENCODE)' as encoded,
    'AUTO(ALL)' as diststyle,
    'AUTO(SORTKEY)' as sortkey1,
    256 as max_varchar,
    'none' as sortkey1_enc,
    0 as sortkey_num,
    1::bigint as size,
    0.01 as pct_used,
    cast(null as numeric) as unsorted,
    0.0 as stats_off,
    cast(reltuples as numeric) as tbl_rows,
    cast(null as numeric) as skew_sortkey1,
    cast(null as numeric) as skew_rows
from pg_catalog.pg_class
inner join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r';
create view pg_catalog.svv_external_columns as
select
    ''::text as schemaname, ''::text as tablename, ''::text as columnname, ''::text as external_type, 0 as columnnum
where false;
grant usage on schema redshift to public;
grant select on all tables in schema redshift to public;
grant select on pg_catalog.svv_external_columns to public;

-- To whom the tests grant: two users and a role.
create role analyst login;
create role people_team login;
create role marketing_readers;
