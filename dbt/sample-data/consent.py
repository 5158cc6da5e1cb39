"""The consents of the sample shop's customers to profiling and to messages: the optional table consent.

generate.py calls add_consent() after it has made customers and orders. The same customers, orders and seed make the same rows.
"""

from pathlib import Path

import duckdb

PROGRAM = Path(__file__).with_name("consent.sql")


def add_consent(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Fills table consent of schema dbt_production from its customers and orders."""
    connection.execute("set variable seed = $seed", {"seed": str(seed)})
    connection.execute(PROGRAM.read_text(encoding="utf-8"))
