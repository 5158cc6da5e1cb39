"""What the marts depend on beside the data."""

from dataclasses import dataclass

import pandas as pd

from .sources import Sources


@dataclass(frozen=True)
class Rules:
    """The dbt project's vars, with its defaults."""

    analysis_date: str | None = None
    abc_a_threshold: float = 0.80
    abc_b_threshold: float = 0.95
    high_value_order_threshold: float = 100


def analysis_date(sources: Sources, rules: Rules) -> pd.Timestamp:
    """The day from which time is counted: the given one, or that of the last order of any status."""
    return pd.Timestamp(rules.analysis_date or sources.orders["order_date"].max())
