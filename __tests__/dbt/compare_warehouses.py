"""Compares every table and view that dbt built in two warehouses, row by row.

usage: compare_warehouses.py WAREHOUSE WAREHOUSE, each a DuckDB file or the port of PostgreSQL
"""

import datetime
import decimal
import math
import sys
from collections import Counter

from warehouse import connection

# The audit tables tell of invocations, which differ.
LEFT_OUT = ("dbt_invocations", "dbt_model_builds")
RELATIONS = """
    select table_schema, table_name from information_schema.tables
    where table_schema like 'marketing%' order by 1, 2
"""
COLUMNS = "select column_name from information_schema.columns where table_schema = '{}' and table_name = '{}' order by 1"


def plain(value: object) -> object:
    """Numbers as doubles, everything else as text."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (decimal.Decimal, float, int)):
        return float(value)
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else str(value)


def order(row: tuple[object, ...]) -> tuple[list[str], list[str]]:
    """Texts and whole numbers first: other numbers differ in their last digits."""
    numbers = [value for value in row if isinstance(value, float)]
    texts = [value for value in row if isinstance(value, str)]
    return texts, [f"{value:.0f}" if value.is_integer() else f"{value:.6g}" for value in numbers]


def same(a: object, b: object) -> bool:
    """Sums of doubles depend on the order of rows: a part in a billion, or next to nothing, is no difference."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def rows(cursor, schema: str, table: str) -> tuple[list[str], list[tuple]]:
    cursor.execute(COLUMNS.format(schema, table))
    columns = [name for (name,) in cursor.fetchall()]
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(f'select {names} from "{schema}"."{table}"')
    return columns, cursor.fetchall()


def difference(a: tuple[list, list], b: tuple[list, list]) -> str | None:
    """How two tables, each with its columns and rows, differ."""
    if a[0] != b[0]:
        return f"columns {a[0]} and {b[0]}"
    if Counter(a[1]) == Counter(b[1]):
        return None
    left, right = (sorted((tuple(map(plain, row)) for row in rows), key=order) for rows in (a[1], b[1]))
    example = next(((x, y) for x, y in zip(left, right, strict=False) if not all(map(same, x, y))), None)
    if example or len(left) != len(right):
        return f"{len(left)} and {len(right)} rows, such as {example}"
    return None


def relations(cursor) -> set[tuple[str, str]]:
    cursor.execute(RELATIONS)
    return {(schema, table) for schema, table in cursor.fetchall() if table not in LEFT_OUT}


def main(first: str, second: str) -> int:
    left, right = connection(first).cursor(), connection(second).cursor()
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
