"""The warehouses of tests: DuckDB files, and databases of the PostgreSQL server of a test on loopback."""

import duckdb


def connection(warehouse: str, read_only: bool = False):
    """A connection to a DuckDB file, or to PostgreSQL, which is named by its port, or by PORT/DATABASE.

    Several processes can read a DuckDB file at once if none of them may write.
    """
    port, _, database = warehouse.partition("/")
    if not port.isdigit():
        return duckdb.connect(warehouse, read_only=read_only)
    import psycopg2  # is missing where no development tools are

    postgres = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname=database or "postgres")
    postgres.autocommit = True
    return postgres
