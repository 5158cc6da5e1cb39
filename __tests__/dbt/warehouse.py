"""The warehouses of tests: DuckDB files, and the PostgreSQL server of a test on loopback."""

import duckdb


def connection(warehouse: str):
    """A connection to a DuckDB file, or to PostgreSQL, which is named by its port."""
    if not warehouse.isdigit():
        return duckdb.connect(warehouse)
    import psycopg2  # is missing where no development tools are

    postgres = psycopg2.connect(host="127.0.0.1", port=warehouse, user="postgres", dbname="postgres")
    postgres.autocommit = True
    return postgres
