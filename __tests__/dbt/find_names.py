"""Looks for the names of customers in every text of the marketing schema, by value.

usage: find_names.py DUCKDB_FILE
"""

import sys

import duckdb

# The one table that is meant to have them, and whom it is granted to is another matter.
LEFT_OUT = ("customers",)
COLUMNS = """
    select table_name, column_name from information_schema.columns
    where table_schema = 'marketing' and data_type = 'VARCHAR' order by 1, 2
"""
NAMES = """
    select trim(first_name) || ' ' || trim(last_name) as name from dbt_production.customers
    union select trim(first_name) from dbt_production.customers where length(trim(first_name)) > 2
"""


def main(file: str) -> int:
    connection = duckdb.connect(file, read_only=True)
    columns = [pair for pair in connection.execute(COLUMNS).fetchall() if pair[0] not in LEFT_OUT]
    found = []
    for table, column in columns:
        query = f'select count(*) from marketing."{table}" where trim("{column}") in ({NAMES})'
        if connection.execute(query).fetchone()[0] > 0:
            found.append(f"{table}.{column}")
    print("\n".join([*found, f"{len(columns)} columns of text, {len(found)} with names"]))
    return 1 if found or not columns else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
