import numpy as np
import pandas as pd

from .order_facts import month_number, order_facts
from .rfm import rfm
from .rules import Rules, analysis_date
from .sources import Sources

NEW_DAYS = 30
LAPSED_DAYS = 180


def customers(sources: Sources, rules: Rules) -> pd.DataFrame:
    facts = order_facts(sources)
    last_day = analysis_date(sources, rules)
    facts["returned_cents"] = facts["cents"].where(facts["is_returned"], 0)
    placed = facts.groupby("customer_id").agg(
        first_order=("order_date", "min"),
        most_recent_order=("order_date", "max"),
        number_of_orders=("order_id", "size"),
        placed_cents=("cents", "sum"),
        returned_cents=("returned_cents", "sum"),
    )
    table = sources.customers.set_index("id").join(placed).join(rfm(sources, rules, facts))
    months = month_number(last_day) - month_number(table["first_order"].dt) + 1
    result = table[["first_name", "last_name", "first_order", "most_recent_order"]].copy()
    result["days_since_last_order"] = (last_day - table["most_recent_order"]).dt.days
    result["number_of_orders"] = table["number_of_orders"].fillna(0)
    result["successful_orders"] = table["total_orders"].fillna(0)
    result["is_repeat_customer"] = table["total_orders"] > 1
    result["orders_per_month"] = table["number_of_orders"] / months
    result["customer_lifetime_value"] = table["cents"].fillna(0) / 100
    result["average_order_value"] = table["cents"] / 100 / table["total_orders"]
    result["total_spend"] = table["placed_cents"].fillna(0) / 100
    result["returned_amount"] = table["returned_cents"].fillna(0) / 100
    result["customer_segment"] = table["customer_segment"].fillna("prospect")
    result["customer_lifecycle_stage"] = lifecycle_stage(table["total_orders"], table["days_since_last_order"])
    return result.rename_axis("customer_id").reset_index()


def lifecycle_stage(orders: pd.Series, days: pd.Series) -> np.ndarray:
    """The stage by the number of successful orders and the days since the last one."""
    stages = {"prospect": orders.isna(), "lapsed": days > LAPSED_DAYS, "repeat": orders > 1, "new": days <= NEW_DAYS}
    return np.select(list(stages.values()), list(stages), "active")
