"""The warehouse of a dbt target: a connection, the purchases of the customers, and the table of fitted parameters."""

import os
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from dbt_target import connection_with, credentials_of  # noqa: E402

ROWS_OF_A_FETCH = 50_000
PARAMETERS = ("r", "alpha", "a", "b", "p", "q", "v")
TABLE = f"""
    create table if not exists {{table}} (
        model_version varchar(64), fitted_at timestamp, as_of_date date, time_unit varchar(16),
        {", ".join(f"{name} double precision" for name in PARAMETERS)}, log_likelihood double precision, n_customers bigint
    )
"""
HISTORIES = """
    with purchases as (
        select customer_id, purchase_date, revenue from {purchases} where purchase_date <= cast('{day}' as date)
    ),
    firsts as (select customer_id, min(purchase_date) as first_date from purchases group by customer_id)
    select
        count(*) - 1 as frequency,
        max(purchase_date) - min(purchase_date) as recency_days,
        cast('{day}' as date) - min(purchase_date) as age_days,
        sum(case when purchase_date > first_date then cast(revenue as double precision) else 0 end) as repeat_revenue
    from purchases inner join firsts on purchases.customer_id = firsts.customer_id
    group by purchases.customer_id
"""


@dataclass(frozen=True)
class Histories:
    """One value per customer: repeat purchases, weeks to the last one, weeks to the as-of date, mean repeat revenue."""

    frequency: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    monetary_value: np.ndarray


class Warehouse:
    """The warehouse of a target of the profile."""

    def __init__(self, project: str, target: str | None, read_only: bool = False) -> None:
        """Connects with the credentials of the target. Raises dbt's own exceptions for an unknown target.

        With `read_only`, other programs can read a DuckDB file at the same time.
        """
        credentials = credentials_of(target, project)
        self._connection = connection_with(credentials, read_only)
        if credentials.type != "duckdb":
            self._connection.autocommit = True
        prep = f"{os.environ.get('DBT_SCHEMA') or credentials.schema}_prep"
        self._purchases, self._orders = f"{prep}.int_customer_purchases", f"{prep}.stg_orders"
        source = os.environ.get("DBT_SOURCE_SCHEMA", "dbt_production")
        database = os.environ.get("DBT_SOURCE_DATABASE")
        self.table = f"{database}.{source}.clv_model_parameters" if database else f"{source}.clv_model_parameters"

    def newest_day(self) -> date | None:
        """The newest order date, which is the models' today when the var analysis_date is empty."""
        return self._rows(f"select max(order_date) from {self._orders}")[0, 0]

    def histories(self, day: date) -> Histories:
        """The customers with a purchase up to a day."""
        rows = self._rows(HISTORIES.format(purchases=self._purchases, day=day.isoformat()))
        frequency, recency, age, repeat_revenue = rows.reshape(-1, 4).astype(float).T
        return Histories(frequency, recency / 7, age / 7, repeat_revenue / np.maximum(frequency, 1))

    def add(self, row: dict[str, object]) -> None:
        """Adds a row to the table of parameters, which is created if it does not exist."""
        values = ", ".join(f"'{value}'" if isinstance(value, str | date | datetime) else repr(value) for value in row.values())
        cursor = self._connection.cursor()
        cursor.execute(TABLE.format(table=self.table))
        cursor.execute(f"insert into {self.table} ({', '.join(row)}) values ({values})")

    def _rows(self, query: str) -> np.ndarray:
        cursor = self._connection.cursor()
        cursor.execute(query)
        batches = []
        while batch := cursor.fetchmany(ROWS_OF_A_FETCH):
            batches.append(np.array(batch, dtype=object if len(batch[0]) == 1 else float))
        return np.concatenate(batches) if batches else np.empty((0, len(cursor.description)))
