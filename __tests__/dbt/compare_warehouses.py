"""Compares every table and view that dbt built in two warehouses, row by row.

usage: compare_warehouses.py WAREHOUSE WAREHOUSE, each a DuckDB file, the port of PostgreSQL or PORT/DATABASE
"""

import sys
from pathlib import Path

from warehouse import connection

sys.path.insert(0, str(Path(__file__).parents[2] / "src" / "rehearsal"))
from row_differences import difference  # noqa: E402

# The audit tables tell of invocations, which differ.
LEFT_OUT = ("dbt_invocations", "dbt_model_builds")
RELATIONS = """
    select table_schema, table_name from information_schema.tables
    where table_schema like 'marketing%' order by 1, 2
"""
COLUMNS = "select column_name from information_schema.columns where table_schema = '{}' and table_name = '{}' order by 1"


def rows(cursor, schema: str, table: str) -> tuple[list[str], list[tuple]]:
    cursor.execute(COLUMNS.format(schema, table))
    columns = [name for (name,) in cursor.fetchall()]
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(f'select {names} from "{schema}"."{table}"')
    return columns, cursor.fetchall()


def relations(cursor) -> set[tuple[str, str]]:
    cursor.execute(RELATIONS)
    return {(schema, table) for schema, table in cursor.fetchall() if table not in LEFT_OUT}


def main(first: str, second: str) -> int:
    left, right = (connection(name, read_only=True).cursor() for name in (first, second))
    ours, theirs = relations(left), relations(right)
    differences = [f"{schema}.{table}: in one of them only" for schema, table in sorted(ours ^ theirs)]
    for schema, table in sorted(ours & theirs):
        found = difference(rows(left, schema, table), rows(right, schema, table))
        if found:
            differences.append(f"{schema}.{table}: {found}")
    print("\n".join([*differences, f"{len(ours & theirs)} relations, {len(differences)} differences"]))
    return 1 if differences or not ours else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
