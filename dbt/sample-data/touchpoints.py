"""Touches of the sample shop's customers: visits that came through a channel, some of them through a campaign.

generate.py calls add_touchpoints() after it has made customers and orders. The same orders and seed make the same rows.
The data has the faults of real tracking: visitors who did not log in, deleted customers, spaces around a channel, an
unknown channel, paid visits without a campaign, two touches in one second, and devices that two customers share.
"""

from pathlib import Path

import duckdb
from campaigns import CAMPAIGNS

PROGRAM = Path(__file__).with_name("touchpoints.sql")


def add_touchpoints(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Fills table touchpoints of schema dbt_production from its customers and orders."""
    connection.execute("set variable seed = $seed", {"seed": str(seed)})
    connection.execute("create temp table campaign_flights (campaign_id text, channel text, first_date date, last_date date)")
    flights = [(it.campaign_id, it.channel, *flight) for it in CAMPAIGNS for flight in it.flights]
    connection.executemany("insert into campaign_flights values (?, ?, ?, ?)", flights)
    connection.execute(PROGRAM.read_text(encoding="utf-8"))
