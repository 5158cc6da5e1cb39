"""The marts in plain pandas, written from their definitions. The benchmark compares them with the SQL models.

Every function takes the three source tables and the rules, and gives one row for each key of its mart. Money is counted
in whole cents and given in dollars at the end; rates are percentages.
"""

from collections.abc import Callable

import pandas as pd

from .attribution import marketing_attribution
from .cohorts import customer_cohorts
from .customers import customers
from .orders import orders
from .products import product_performance
from .rules import Rules
from .segmentation import customer_segmentation
from .sources import Sources, load

__all__ = ["MARTS", "Mart", "Rules", "Sources", "load"]

Mart = Callable[[Sources, Rules], pd.DataFrame]

# The key columns of each mart.
MARTS: dict[Mart, list[str]] = {
    customers: ["customer_id"],
    orders: ["order_id"],
    customer_segmentation: ["customer_id"],
    product_performance: ["product_name"],
    customer_cohorts: ["cohort_month", "months_since_first_purchase"],
    marketing_attribution: ["attribution_channel"],
}
