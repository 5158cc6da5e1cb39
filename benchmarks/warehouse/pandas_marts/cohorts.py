import numpy as np
import pandas as pd

from .order_facts import month_number, order_facts, percentage, successful
from .rules import Rules, analysis_date
from .sources import Sources


def customer_cohorts(sources: Sources, rules: Rules) -> pd.DataFrame:
    bought = successful(order_facts(sources)).dropna(subset="order_date")
    last_day = analysis_date(sources, rules)
    months = month_number(bought["order_date"].dt)
    cohorts = months.groupby(bought["customer_id"]).transform("min")
    bought = bought.assign(cohort=cohorts, age=months - cohorts)
    grid = every_month(bought.groupby("cohort")["customer_id"].nunique(), month_number(last_day))
    by_month = bought.groupby(["cohort", "age"])
    active = by_month["customer_id"].nunique().reindex(grid.index, fill_value=0)
    cents = by_month["cents"].sum().reindex(grid.index, fill_value=0)
    cumulative_cents = cents.groupby("cohort").cumsum()
    ltv = cumulative_cents / 100 / grid["cohort_size"]
    ltv_of_all = weighted_mean(ltv, cumulative_cents)
    retention_rate = percentage(active, grid["cohort_size"])
    grid = grid.assign(
        active_customers=active,
        cohort_orders=by_month.size().reindex(grid.index, fill_value=0),
        retention_rate=retention_rate,
        prior_month_retention_change=retention_rate.groupby("cohort").diff(),
        cohort_revenue=cents / 100,
        revenue_per_cohort_member=cents / 100 / grid["cohort_size"],
        revenue_per_active_customer=cents / 100 / active.replace(0, np.nan),
        cumulative_revenue=cumulative_cents / 100,
        ltv_per_customer=ltv,
        ltv_of_all_cohorts=ltv_of_all,
        cohort_quality=np.select([ltv >= 1.2 * ltv_of_all, ltv <= 0.8 * ltv_of_all], ["High", "Low"], "Medium"),
    ).reset_index()
    grid["cohort_month"] = first_day(grid["cohort"])
    grid["activity_month"] = first_day(grid["cohort"] + grid["age"])
    grid["is_complete"] = first_day(grid["cohort"] + grid["age"] + 1) <= last_day
    grid["retention_stage"] = stage(grid["age"])
    grid["top_product"] = grid["cohort"].map(top_product(bought))
    return grid.drop(columns="cohort").rename(columns={"age": "months_since_first_purchase"})


def every_month(sizes: pd.Series, last_month: int) -> pd.DataFrame:
    """One row for each cohort and each month from its first to the last month, including months without orders."""
    grid = sizes[sizes.index <= last_month].rename("cohort_size").reset_index()
    grid["age"] = [list(range(last_month - month + 1)) for month in grid["cohort"]]
    return grid.explode("age").astype("int64").set_index(["cohort", "age"])


def weighted_mean(ltv: pd.Series, cumulative_cents: pd.Series) -> pd.Series:
    """The mean of all cohorts at the same age, weighted by their cumulative revenue."""
    weighted = (ltv * cumulative_cents).groupby("age").transform("sum")
    return weighted / cumulative_cents.groupby("age").transform("sum").replace(0, np.nan)


def top_product(bought: pd.DataFrame) -> pd.Series:
    """The product with the most revenue from each cohort. A tie goes to the first name."""
    cents = bought.groupby(["cohort", "product_name"], as_index=False)["cents"].sum()
    best = cents.sort_values(["cohort", "cents", "product_name"], ascending=[True, False, True])
    return best.drop_duplicates("cohort").set_index("cohort")["product_name"]


def first_day(months: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.DataFrame({"year": months // 12, "month": months % 12 + 1, "day": 1}))


def stage(age: pd.Series) -> np.ndarray:
    last_months = {"Acquisition": 0, "Activation": 3, "Retention": 6, "Revenue": 12}
    return np.select([age <= last for last in last_months.values()], list(last_months), "Referral")
