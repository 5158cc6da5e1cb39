"""Runs queries on a DuckDB file, read-only, and prints the rows as JSON: a list of rows for each query.

python duckdb_rows.py warehouse.duckdb "select 1, 2" "from marketing.orders limit 3"
"""

import json
import sys

import duckdb

file, *queries = sys.argv[1:]
with duckdb.connect(file, read_only=True) as connection:
    print(json.dumps([connection.execute(query).fetchall() for query in queries], default=str))
