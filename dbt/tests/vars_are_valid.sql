-- Invalid vars stop dbt while it parses this file. See macros/check_vars.sql.
{{ check_vars() }}
select 1 as problem
where 1 = 0
