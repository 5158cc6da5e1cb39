import numpy as np
import pandas as pd

from .order_facts import cents_of, first_of_month, in_order, order_facts
from .rules import Rules
from .sources import Sources

METHODS = ["credit_card", "coupon", "bank_transfer", "gift_card"]


def orders(sources: Sources, _rules: Rules) -> pd.DataFrame:
    facts = in_order(order_facts(sources))
    by_customer = facts.groupby("customer_id")
    result = facts[["order_id", "customer_id", "order_date", "status", "is_successful", "product_name"]].copy()
    result["order_month"] = first_of_month(facts["order_date"])
    result["order_status_group"] = status_group(facts)
    for method in METHODS:
        paid = sources.payments[sources.payments["payment_method"] == method]
        result[f"{method}_amount"] = cents_of(facts, paid) / 100
    result["amount"] = facts["cents"] / 100
    result["promotional_amount"] = facts["promotional_cents"] / 100
    result["has_promotional_payment"] = facts["is_promotional"]
    result["payment_count"] = facts["order_id"].map(sources.payments.groupby("order_id").size()).fillna(0)
    result["order_sequence_number"] = by_customer.cumcount() + 1
    result["is_first_order"] = result["order_sequence_number"] == 1
    result["days_since_previous_order"] = by_customer["order_date"].diff().dt.days
    return result


def status_group(facts: pd.DataFrame) -> np.ndarray:
    groups = {
        "successful": facts["is_successful"],
        "returned": facts["is_returned"],
        "pending": facts["status"].isin(["placed", "shipped"]),
    }
    return np.select(list(groups.values()), list(groups), "unknown")
