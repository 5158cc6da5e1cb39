"""The settings of the marts."""

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
    """The analysis date: the given day, or the day of the last order of any status."""
    return pd.Timestamp(rules.analysis_date or sources.orders["order_date"].max())
