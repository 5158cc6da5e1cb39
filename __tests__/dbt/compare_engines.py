"""Compares every table and view that dbt built in DuckDB and in PostgreSQL, row by row.

usage: compare_engines.py DUCKDB_FILE POSTGRES_PORT
"""

import datetime
import decimal
import sys

import duckdb
import psycopg2

# The audit table tells of invocations, which differ.
LEFT_OUT = ("dbt_invocations",)
RELATIONS = """
    select table_schema, table_name from information_schema.tables
    where table_schema like 'marketing%' order by 1, 2
"""
COLUMNS = "select column_name from information_schema.columns where table_schema = '{}' and table_name = '{}' order by 1"


def plain(value: object) -> str:
    """Numbers to nine digits, and next to nothing as nothing: sums of doubles depend on the order of rows."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (decimal.Decimal, float, int)):
        number = float(value)
        return "0" if abs(number) < 1e-12 else f"{number:.9g}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)


def rows(cursor, schema: str, table: str) -> tuple[list[str], list[tuple[str, ...]]]:
    cursor.execute(COLUMNS.format(schema, table))
    columns = [name for (name,) in cursor.fetchall()]
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(f'select {names} from "{schema}"."{table}"')
    return columns, sorted(tuple(map(plain, row)) for row in cursor.fetchall())


def relations(cursor) -> set[tuple[str, str]]:
    cursor.execute(RELATIONS)
    return {(schema, table) for schema, table in cursor.fetchall() if table not in LEFT_OUT}


def main(file: str, port: str) -> int:
    left = duckdb.connect(file, read_only=True).cursor()
    right = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").cursor()
    ours, theirs = relations(left), relations(right)
    differences = [f"{schema}.{table}: in one engine only" for schema, table in sorted(ours ^ theirs)]
    for schema, table in sorted(ours & theirs):
        a, b = rows(left, schema, table), rows(right, schema, table)
        if a != b:
            example = next(((x, y) for x, y in zip(a[1], b[1], strict=False) if x != y), (a[0], b[0]))
            differences.append(f"{schema}.{table}: {len(a[1])} and {len(b[1])} rows, such as {example}")
    print("\n".join([*differences, f"{len(ours & theirs)} relations, {len(differences)} differences"]))
    return 1 if differences or not ours else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
