"""Builds the shipped data on a real Redshift cluster, compares all tables with DuckDB, and drops all objects it created.

usage: npm run redshift:check -- [--target TARGET] [--keep] [further arguments of dbt build]

--target  an output of type redshift in dbt/profiles.yml; default redshift
--keep    leaves the schemas in the database
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from row_differences import difference

PROJECT = Path(__file__).parents[2] / "dbt"
DBT = Path(sys.executable).with_name("dbt")
SOURCES = "dbt_production"
COLUMNS = f"""
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = '{SOURCES}' order by table_name, ordinal_position
"""
# A varchar of Redshift has 256 bytes by default.
TYPES = {"DOUBLE": "double precision", "FLOAT": "real", "VARCHAR": "varchar(65535)", "JSON": "varchar(65535)"}
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
ROWS_OF_AN_INSERT = 500


def connection_to(target: str):
    """A connection with the credentials of a target of the profile.

    Raises SystemExit when the target is no Redshift.
    """
    from dbt.adapters.redshift.connections import get_connection_method
    from dbt.config.runtime import load_profile
    from dbt.flags import set_from_args
    from dbt_common.context import set_invocation_context

    set_invocation_context(os.environ)
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT))
    set_from_args(argparse.Namespace(profiles_dir=profiles, target=target), None)
    credentials = load_profile(str(PROJECT), {}, target_override=target).credentials
    if credentials.type != "redshift":
        raise SystemExit(
            f"redshift:check: target {target} is of type {credentials.type}\n  allowed: an output of type redshift\n"
            "  fix: give one of dbt/profiles.yml with --target"
        )
    connection = get_connection_method(credentials)()
    connection.autocommit = True
    return connection


def literal(value: object) -> str:
    if value is None:
        return "null"
    text = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"


def load(source: duckdb.DuckDBPyConnection, cursor, schema: str) -> int:
    """Copies the tables of the shipped data into a new schema, and returns their number."""
    tables: dict[str, list[str]] = {}
    for table, column, kind in source.execute(COLUMNS).fetchall():
        tables.setdefault(table, []).append(f'"{column}" {TYPES.get(kind, kind)}')
    cursor.execute(f"create schema {schema}")
    for table, columns in tables.items():
        cursor.execute(f"create table {schema}.{table} ({', '.join(columns)})")
        rows = source.execute(f"select * from {SOURCES}.{table}")
        while batch := rows.fetchmany(ROWS_OF_AN_INSERT):
            values = ", ".join(f"({', '.join(map(literal, row))})" for row in batch)
            cursor.execute(f"insert into {schema}.{table} values {values}")
    return len(tables)


def table_of(cursor, schema: str, name: str) -> tuple[list[str], list[tuple]]:
    """The columns of a table by name, and its rows."""
    cursor.execute(f'select * from "{schema}"."{name}"')
    columns = [str(column[0]) for column in cursor.description]
    places = sorted(range(len(columns)), key=columns.__getitem__)
    return [columns[i] for i in places], [tuple(row[i] for i in places) for row in cursor.fetchall()]


def built(target_path: Path) -> list[tuple[str, str]]:
    """Schema and name of every model and seed that dbt built."""
    nodes = json.loads((target_path / "manifest.json").read_text())["nodes"]
    results = json.loads((target_path / "run_results.json").read_text())["results"]
    succeeded = (result["unique_id"] for result in results if result["status"] == "success")
    done = [nodes[name] for name in succeeded if name.startswith(("model.", "seed."))]
    return [(node["schema"], node["alias"]) for node in done]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="npm run redshift:check --", description=__doc__.splitlines()[0])
    parser.add_argument("--target", default="redshift", help="an output of type redshift in dbt/profiles.yml")
    parser.add_argument("--keep", action="store_true", help="leave the schemas in the database")
    asked, further = parser.parse_known_args(arguments)
    schema = f"marketing_check_{secrets.token_hex(4)}"
    sources = f"{schema}_sources"
    cursor = connection_to(asked.target).cursor()
    with tempfile.TemporaryDirectory() as folder:

        def build(target: str, *options: str, **env: str) -> int:
            ours = {
                **os.environ,
                "DBT_SCHEMA": schema,
                "DBT_TARGET_PATH": f"{folder}/{target}",
                "DBT_LOG_PATH": f"{folder}/logs",
                "MARKETING_DUCKDB_PATH": f"{folder}/warehouse.duckdb",
                **env,
            }
            ours.pop("DBT_SOURCE_DATABASE", None)
            command = [DBT, "build", "--target", target, *options, *further]
            return subprocess.run(command, cwd=PROJECT, env=ours, check=False).returncode

        print("== DuckDB", flush=True)
        if build("duckdb", "--quiet", *WITHOUT_TESTS, DBT_SOURCE_SCHEMA=SOURCES) != 0:
            return 1
        expected = duckdb.connect(f"{folder}/warehouse.duckdb", read_only=True)
        try:
            print(f"== {asked.target}: the shipped data in schema {sources}", flush=True)
            print(f"{load(expected, cursor, sources)} tables", flush=True)
            print(f"== {asked.target}: build into schema {schema}", flush=True)
            status = build(asked.target, DBT_SOURCE_SCHEMA=sources)
            print("== Comparison", flush=True)
            relations = built(Path(folder, asked.target))
            differences = 0
            for relation in relations:
                found = difference(table_of(expected, *relation), table_of(cursor, *relation))
                differences += found is not None
                if found:
                    print(f"{relation[1]}: DuckDB and {asked.target} differ: {found}")
            print(f"{len(relations)} relations, {differences} differences; dbt build ended with {status}")
            return 1 if status != 0 or differences or not relations else 0
        finally:
            for name in (schema, f"{schema}_prep", sources):
                if not asked.keep:
                    cursor.execute(f"drop schema if exists {name} cascade")
            print(f"{'Kept' if asked.keep else 'Dropped'} {schema}, {schema}_prep and {sources}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
