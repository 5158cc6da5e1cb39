import numpy as np
import pandas as pd

from .order_facts import in_order, order_facts, percentage, successful
from .orders import METHODS
from .rules import Rules, analysis_date
from .sources import Sources

GROWTH_DAYS = 90
LIFECYCLE_GROWTH_RATE = 10
PROBLEM_RETURN_RATE = 20


def product_performance(sources: Sources, rules: Rules) -> pd.DataFrame:
    facts = order_facts(sources)
    last_day = analysis_date(sources, rules)
    bought, returned = successful(facts), facts[facts["is_returned"]]
    by_product, sold = facts.groupby("product_name"), bought.groupby("product_name")
    first_orders = in_order(bought).drop_duplicates("customer_id")
    counts = pd.DataFrame(
        {
            "total_orders": by_product.size(),
            "successful_orders": sold.size(),
            "returned_orders": returned.groupby("product_name").size(),
            "unique_customers": sold["customer_id"].nunique(),
            "new_customers": first_orders.groupby("product_name").size(),
            "cents": sold["cents"].sum(),
            "returned_cents": returned.groupby("product_name")["cents"].sum(),
            "promotional_cents": sold["promotional_cents"].sum(),
            "recent_cents": cents_of_period(bought, last_day, 0),
            "previous_cents": cents_of_period(bought, last_day, 1),
        }
    ).fillna(0)
    cents, recent, previous = counts["cents"], counts["recent_cents"], counts["previous_cents"]
    return_rate = percentage(counts["returned_orders"], counts["total_orders"])
    growth = percentage(recent - previous, previous)
    table = counts[
        ["total_orders", "successful_orders", "returned_orders", "unique_customers", "new_customers"]
    ].assign(
        total_revenue=cents / 100,
        revenue_rank=cents.rank(method="min", ascending=False),
        returned_amount=counts["returned_cents"] / 100,
        avg_order_value=sold["cents"].mean() / 100,
        return_rate=return_rate,
        market_penetration=100 * counts["unique_customers"] / len(sources.customers),
        revenue_share=100 * cents / (cents.sum() or np.nan),
        recent_revenue=recent / 100,
        previous_revenue=previous / 100,
        revenue_growth=growth,
        product_status=status(return_rate, cents, (recent > 0) & (recent >= previous)),
        promotional_dependency=percentage(counts["promotional_cents"], cents),
        first_order_date=by_product["order_date"].min(),
        last_order_date=by_product["order_date"].max(),
    )
    age = (last_day - table["first_order_date"]).dt.days
    table["lifecycle_stage"] = lifecycle_stage(age, recent, growth)
    return table.join(payment_shares(bought, sources.payments, cents)).join(abc(cents, rules)).reset_index()


def cents_of_period(bought: pd.DataFrame, last_day: pd.Timestamp, number: int) -> pd.Series:
    """Each product's cents by period: the last GROWTH_DAYS days (0), the GROWTH_DAYS days before (1) and so on."""
    period = (last_day - bought["order_date"]).dt.days // GROWTH_DAYS
    return bought[period == number].groupby("product_name")["cents"].sum()


def status(return_rate: pd.Series, cents: pd.Series, is_growing: pd.Series) -> np.ndarray:
    is_high = cents >= cents.median()
    rules = {
        "Problem": (return_rate >= PROBLEM_RETURN_RATE) | (~is_high & is_growing),
        "Star": is_high & is_growing,
        "Cash Cow": is_high,
    }
    return np.select(list(rules.values()), list(rules), "Declining")


def lifecycle_stage(age: pd.Series, recent: pd.Series, growth: pd.Series) -> np.ndarray:
    """Revenue after a period without revenue is growth. No revenue in both periods is decline."""
    growth = growth.fillna(np.inf).where(recent > 0, -np.inf)
    stages = [age < GROWTH_DAYS, growth >= LIFECYCLE_GROWTH_RATE, growth <= -LIFECYCLE_GROWTH_RATE]
    return np.select(stages, ["New", "Growth", "Declining"], "Mature")


def payment_shares(bought: pd.DataFrame, payments: pd.DataFrame, cents: pd.Series) -> pd.DataFrame:
    """The percentage of each product's revenue by payment method."""
    paid = payments.merge(bought[["order_id", "product_name"]], on="order_id")
    by_method = paid.groupby(["product_name", "payment_method"])["amount"].sum().unstack()
    by_method = by_method.reindex(index=cents.index, columns=METHODS).fillna(0)
    return by_method.apply(percentage, whole=cents).add_suffix("_share")


def abc(cents: pd.Series, rules: Rules) -> pd.DataFrame:
    """A if the cumulative share before the product is below the first threshold, B if below the second; most revenue first."""
    ranked = cents.rename("cents").reset_index().sort_values(["cents", "product_name"], ascending=[False, True])
    ranked = ranked.set_index("product_name")["cents"]
    until, total = ranked.cumsum(), ranked.sum() or np.nan
    before = (until - ranked) / total
    categories = np.select(
        [ranked <= 0, before < rules.abc_a_threshold, before < rules.abc_b_threshold], ["C", "A", "B"], "C"
    )
    return pd.DataFrame({"cumulative_revenue_share": 100 * until / total, "abc_category": categories}, ranked.index)
