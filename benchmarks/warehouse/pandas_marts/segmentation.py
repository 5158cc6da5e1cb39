import numpy as np
import pandas as pd

from .order_facts import order_facts, percentage, successful
from .rfm import rfm
from .rules import Rules, analysis_date
from .sources import Sources

SCORES = ["recency_score", "frequency_score", "monetary_score"]
DECLINE_DAYS = 90
LAPSED_DAYS = 180


def customer_segmentation(sources: Sources, rules: Rules) -> pd.DataFrame:
    facts = order_facts(sources)
    bought = successful(facts)
    paid = sources.payments.rename(columns={"amount": "cents"}).merge(
        bought[["order_id", "customer_id"]], on="order_id"
    )
    table = rfm(sources, rules, facts)
    result = table[["customer_segment", "total_orders", "days_since_last_order", *SCORES]].copy()
    result["last_order_date"] = table["last_order"]
    result["total_revenue"] = table["cents"] / 100
    result["average_order_value"] = table["cents"] / 100 / table["total_orders"]
    digits = table[SCORES].astype(str)
    result["rfm_score"] = digits["recency_score"] + digits["frequency_score"] + digits["monetary_score"]
    result["rfm_total"] = table[SCORES].sum(axis="columns")
    result["favorite_product"] = favorite(bought, "product_name")
    result["preferred_payment_method"] = favorite(paid, "payment_method")
    result["promotional_spend_ratio"] = percentage(table["promotional_cents"], table["cents"])
    result["churn_risk_score"] = churn_risk_score(bought, analysis_date(sources, rules))
    result["churn_risk"] = churn_risk(result["churn_risk_score"])
    return result.reset_index()


def favorite(rows: pd.DataFrame, column: str) -> pd.Series:
    """The most frequent value of each customer. A tie goes to the value with more cents, then to the first name."""
    counts = rows.groupby(["customer_id", column])["cents"].agg(["size", "sum"]).reset_index()
    best = counts.sort_values(["customer_id", "size", "sum", column], ascending=[True, False, False, True])
    return best.drop_duplicates("customer_id").set_index("customer_id")[column]


def churn_risk_score(bought: pd.DataFrame, last_day: pd.Timestamp) -> pd.Series:
    """Half for the days without orders, up to LAPSED_DAYS; half for the decline of orders in the last DECLINE_DAYS."""
    age = (last_day - bought["order_date"]).dt.days
    recent, before = age < DECLINE_DAYS, (age >= DECLINE_DAYS) & (age < 2 * DECLINE_DAYS)
    by_customer = pd.DataFrame({"age": age, "recent": recent, "before": before}).groupby(bought["customer_id"])
    recent, before = by_customer["recent"].sum(), by_customer["before"].sum()
    silence = (by_customer["age"].min() / LAPSED_DAYS).clip(0, 1)
    decline = (1 - recent / before.replace(0, np.nan)).fillna((recent == 0).astype("float64")).clip(0)
    return 50 * silence + 50 * decline


def churn_risk(score: pd.Series) -> np.ndarray:
    return np.select([score >= 70, score >= 30], ["High", "Medium"], "Low")
