"""Copies the tables and views of a schema of a DuckDB file into a new file, and prints their names as JSON.

usage: copy_sources.py FILE NEW_FILE SCHEMA
"""

import json
import sys
from pathlib import Path

import duckdb


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def main(file: str, new_file: str, schema: str) -> None:
    # Views of the file work only under the file's own name.
    source, path = Path(file).stem, file.replace("'", "''")
    with duckdb.connect(new_file) as connection:
        connection.execute(f"attach '{path}' as {quoted(source)} (read_only)")
        names = connection.execute(
            "select table_name from information_schema.tables where table_catalog = $1 and table_schema = $2 order by 1",
            [source, schema],
        ).fetchall()
        connection.execute(f"create schema {quoted(schema)}")
        for (name,) in names:
            relation = f"{quoted(schema)}.{quoted(name)}"
            connection.execute(f"create table {relation} as from {quoted(source)}.{relation}")
    print(json.dumps([name for (name,) in names]))


if __name__ == "__main__":
    main(*sys.argv[1:])
