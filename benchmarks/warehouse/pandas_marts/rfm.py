"""Recency, frequency and money of the customers with a successful order, as scores of 1 to 5 and as a segment."""

import numpy as np
import pandas as pd

from .order_facts import successful
from .rules import Rules, analysis_date
from .sources import Sources


def rfm(sources: Sources, rules: Rules, facts: pd.DataFrame) -> pd.DataFrame:
    table = (
        successful(facts)
        .groupby("customer_id")
        .agg(
            last_order=("order_date", "max"),
            total_orders=("order_id", "size"),
            cents=("cents", "sum"),
            promotional_cents=("promotional_cents", "sum"),
        )
    )
    table["days_since_last_order"] = (analysis_date(sources, rules) - table["last_order"]).dt.days
    table["recency_score"] = score(-table["days_since_last_order"])
    table["frequency_score"] = score(table["total_orders"])
    table["monetary_score"] = score(table["cents"])
    table["customer_segment"] = segment(table["recency_score"], table["frequency_score"], table["monetary_score"])
    return table


def score(values: pd.Series) -> pd.Series:
    """1 + floor(5 × strictly smaller values / values), so equal values have equal scores."""
    smaller = values.rank(method="min").sub(1).astype("int64")
    return 1 + 5 * smaller // max(len(values), 1)


def segment(r: pd.Series, f: pd.Series, m: pd.Series) -> np.ndarray:
    rules = {
        "Champions": (r >= 4) & (f >= 4) & (m >= 4),
        "Can't Lose Them": (r <= 2) & (f >= 4) & (m >= 4),
        "Loyal Customers": (r >= 3) & (f >= 3),
        "At Risk": (r <= 2) & ((f >= 3) | (m >= 3)),
        "New Customers": (r >= 4) & (f == 1),
        "Potential Loyalists": r >= 3,
    }
    return np.select(list(rules.values()), list(rules), "Hibernating")
