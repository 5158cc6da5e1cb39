"""E-mail, automation and targets of the sample shop: the optional tables of SendGrid, Mailchimp, flows and goals.

generate.py calls add_engagement() after it has made customers and orders. The same customers, orders and seed make the
same rows. The data has the faults of real exports: repeated webhooks, machine opens, events of a test send, a click
before the send, a recipient who never got the mail, and an enrolment that is stuck in its step.
"""

from pathlib import Path

import duckdb

PROGRAM = Path(__file__).with_name("engagement.sql")


def add_engagement(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Fills the tables of sendgrid, mailchimp, automation and targets in schema dbt_production from its customers and orders."""
    connection.execute("set variable seed = $seed", {"seed": str(seed)})
    connection.execute(PROGRAM.read_text(encoding="utf-8"))
