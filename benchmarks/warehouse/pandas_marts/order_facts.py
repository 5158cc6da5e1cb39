"""Orders with their amounts, which are the input of every mart."""

import numpy as np
import pandas as pd

from .sources import Sources

PROMOTIONAL = ["coupon", "gift_card"]


def order_facts(sources: Sources) -> pd.DataFrame:
    """Each order with its cents, its promotional cents (coupon or gift card), and its status group."""
    payments = sources.payments
    promotional = payments[payments["payment_method"].isin(PROMOTIONAL)]
    facts = sources.orders.rename(columns={"id": "order_id", "user_id": "customer_id"})
    facts["cents"] = cents_of(facts, payments)
    facts["promotional_cents"] = cents_of(facts, promotional)
    facts["is_promotional"] = facts["order_id"].isin(promotional["order_id"])
    facts["is_successful"] = facts["status"] == "completed"
    facts["is_returned"] = facts["status"].isin(["returned", "return_pending"])
    return facts


def cents_of(facts: pd.DataFrame, payments: pd.DataFrame) -> pd.Series:
    """The sum of each order's payments; 0 without payments."""
    total = payments.groupby("order_id")["amount"].sum()
    return facts["order_id"].map(total).fillna(0).astype("int64")


def successful(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[facts["is_successful"]]


def in_order(facts: pd.DataFrame) -> pd.DataFrame:
    """Each customer's orders in chronological order."""
    return facts.sort_values(["customer_id", "order_date", "order_id"])


def first_of_month(dates: pd.Series) -> pd.Series:
    return dates.dt.to_period("M").dt.to_timestamp()


def month_number(date):
    """Months since the year 0, of a day or of the days `column.dt`. Differences are calendar months."""
    return date.year * 12 + date.month - 1


def percentage(part: pd.Series, whole: pd.Series) -> pd.Series:
    """100 × part / whole; missing if the whole is 0."""
    return 100 * part / whole.replace(0, np.nan)
