"""Copies the source tables of a DuckDB file into PostgreSQL, with the same columns and types.

usage: load_postgres.py DUCKDB_FILE WAREHOUSE, a port of PostgreSQL or PORT/DATABASE
"""

import sys
import tempfile
from pathlib import Path

import duckdb
from warehouse import connection

SCHEMA = "dbt_production"
COLUMNS = f"""
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = '{SCHEMA}' order by table_name, ordinal_position
"""
TYPES = {"DOUBLE": "double precision", "FLOAT": "real", "HUGEINT": "numeric(38)", "JSON": "varchar"}


def main(file: str, warehouse: str) -> None:
    source = duckdb.connect(file, read_only=True)
    target = connection(warehouse)
    tables: dict[str, list[str]] = {}
    for table, column, kind in source.execute(COLUMNS).fetchall():
        tables.setdefault(table, []).append(f'"{column}" {TYPES.get(kind, kind)}')
    with target.cursor() as cursor, tempfile.TemporaryDirectory() as folder:
        cursor.execute(f"create schema {SCHEMA}")
        for table, columns in tables.items():
            cursor.execute(f"create table {SCHEMA}.{table} ({', '.join(columns)})")
            csv = Path(folder, f"{table}.csv")
            # An empty text is not a missing one.
            source.execute(f"copy {SCHEMA}.{table} to '{csv}' (header, nullstr '\\N')")
            with csv.open() as rows:
                cursor.copy_expert(f"copy {SCHEMA}.{table} from stdin (format csv, header, null E'\\\\N')", rows)
    print(f"{len(tables)} tables")


if __name__ == "__main__":
    main(*sys.argv[1:])
