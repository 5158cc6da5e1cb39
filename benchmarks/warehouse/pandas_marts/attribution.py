import numpy as np
import pandas as pd

from .order_facts import in_order, order_facts, percentage, successful
from .rules import Rules
from .sources import Sources

SATURDAY = 5


def marketing_attribution(sources: Sources, rules: Rules) -> pd.DataFrame:
    facts = order_facts(sources)
    facts["channel"] = channel(facts, rules)
    bought = in_order(successful(facts))
    first, last = bought.drop_duplicates("customer_id"), bought.drop_duplicates("customer_id", keep="last")
    sold = bought.groupby("channel")
    totals = pd.DataFrame(
        {
            "orders": facts.groupby("channel").size(),
            "conversions": sold.size(),
            "cents": sold["cents"].sum(),
            "promotional_cents": sold["promotional_cents"].sum(),
            "first_touch_cents": touch_cents(bought, first),
            "last_touch_cents": touch_cents(bought, last),
            "customers": sold["customer_id"].nunique(),
            "new_customers": first.groupby("channel").size(),
        }
    ).fillna(0)
    conversions = totals["conversions"].replace(0, np.nan)
    conversion_rate = totals["conversions"] / totals["orders"]
    order_value = totals["cents"] / 100 / conversions
    acquisition = totals["new_customers"] / conversions
    efficiency = 100 * (0.4 * of_best(conversion_rate) + 0.3 * of_best(order_value) + 0.3 * of_best(acquisition))
    result = pd.DataFrame(
        {
            "total_orders": totals["orders"],
            "total_conversions": totals["conversions"],
            "total_revenue": totals["cents"] / 100,
            "unique_customers": totals["customers"],
            "new_customers": totals["new_customers"],
            "conversion_rate": 100 * conversion_rate,
            "avg_order_value": order_value,
            "acquisition_rate": 100 * acquisition,
            "first_touch_revenue": totals["first_touch_cents"] / 100,
            "last_touch_revenue": totals["last_touch_cents"] / 100,
            "promotional_dependency": percentage(totals["promotional_cents"], totals["cents"]),
            "channel_efficiency_score": efficiency,
            "channel_classification": classification(efficiency),
        }
    )
    return result.rename_axis("attribution_channel").reset_index()


def channel(facts: pd.DataFrame, rules: Rules) -> np.ndarray:
    conditions = {
        "Promotional Campaign": facts["is_promotional"],
        "Social Media": facts["order_date"].dt.dayofweek >= SATURDAY,
        "Email Marketing": facts["cents"] >= 100 * rules.high_value_order_threshold,
    }
    return np.select(list(conditions.values()), list(conditions), "Organic")


def touch_cents(bought: pd.DataFrame, touches: pd.DataFrame) -> pd.Series:
    """All cents of each customer, credited to the channel of the given order of the customer."""
    channel_of_customer = touches.set_index("customer_id")["channel"]
    return bought["cents"].groupby(bought["customer_id"].map(channel_of_customer)).sum()


def of_best(values: pd.Series) -> pd.Series:
    """Each value as a part of the largest value; 0 if there is none or the largest is 0."""
    best = values.max()
    return (values / best if best > 0 else 0 * values).fillna(0)


def classification(efficiency: pd.Series) -> np.ndarray:
    return np.select([efficiency >= 80, efficiency >= 60], ["High Performer", "Moderate"], "Underperformer")
