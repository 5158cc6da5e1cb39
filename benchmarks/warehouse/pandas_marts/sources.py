"""The three source tables of a DuckDB file as pandas data frames."""

from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd


class Sources(NamedTuple):
    """customers: id, first_name, last_name; orders: id, user_id, order_date, status, product_name;
    payments: id, order_id, payment_method, amount in cents.
    """

    customers: pd.DataFrame
    orders: pd.DataFrame
    payments: pd.DataFrame


def load(file: Path) -> Sources:
    """Reads the schema dbt_production. Texts are stripped of surrounding spaces, and dates become days."""
    with duckdb.connect(str(file), read_only=True) as connection:
        customers = connection.sql(
            "select id, trim(first_name) as first_name, trim(last_name) as last_name from dbt_production.customers"
        ).df()
        orders = connection.sql(
            "select id, user_id, order_date::date as order_date, trim(status) as status, "
            "trim(product_name) as product_name from dbt_production.orders"
        ).df()
        payments = connection.sql(
            "select id, order_id, trim(payment_method) as payment_method, amount from dbt_production.payments"
        ).df()
    return Sources(customers, orders.astype({"order_date": "datetime64[s]"}), payments)
