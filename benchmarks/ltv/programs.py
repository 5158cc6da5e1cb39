"""One program of the benchmark of lifetime values, so that its memory is measured alone.

    programs.py make FILE CUSTOMERS        writes simulated purchases to a new DuckDB file, as int_customer_purchases
    programs.py lifetimes FILE             fits and scores with the package lifetimes
    programs.py pymc-marketing FILE        fits (maximum a posteriori) and scores with the package pymc-marketing
"""

import sys
import time

import duckdb
import numpy as np

LAST_DAY = "2025-12-31"
DAYS = 728
HISTORIES = f"""
    select customer_id, count(*) - 1 as frequency, date_diff('day', min(purchase_date), max(purchase_date)) / 7 as recency,
        date_diff('day', min(purchase_date), date '{LAST_DAY}') / 7 as "T",
        coalesce(avg(revenue) filter (purchase_date > first_date), 0) as monetary_value
    from (select *, min(purchase_date) over (partition by customer_id) as first_date from purchases)
    group by customer_id
"""


def make(file: str, customers: str) -> None:
    """Purchases of customers who follow the models: rates of Gamma(0.9, 12 weeks), drop-out of Beta(0.8, 4)."""
    random, count = np.random.default_rng(2024), int(customers)
    rate = random.gamma(0.9, 1 / (12 * 7), count)
    drop_out = random.beta(0.8, 4, count)
    mean_value = 585 / random.gamma(33, 1, count)
    day = random.integers(0, DAYS, count).astype(float)
    number = np.arange(count)
    bought = []
    while len(number) > 0:
        value = mean_value[number] * random.gamma(2.2, 1, len(number)) + 1
        bought.append(np.column_stack([number, np.floor(day), np.round(value, 2)]))
        day = day + random.exponential(1 / rate[number])
        # The first purchase is followed by no drop-out.
        stays = (random.random(len(number)) >= drop_out[number]) | (len(bought) == 1)
        kept = stays & (day < DAYS)
        number, day = number[kept], day[kept]
    rows = np.concatenate(bought)
    columns = {"customer": rows[:, 0], "day": rows[:, 1], "value": rows[:, 2]}
    with duckdb.connect(file) as connection:
        connection.execute("create schema marketing_prep; create schema dbt_production")
        connection.execute(f"""
            create table marketing_prep.int_customer_purchases as
            select cast(customer as bigint) as customer_id, date '{LAST_DAY}' - cast({DAYS - 1} - day as integer) as purchase_date,
                count(*) as orders, cast(sum(value) as numeric(18, 2)) as revenue
            from columns group by 1, 2
        """)


def histories(file: str):
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(HISTORIES.replace("from purchases", "from marketing_prep.int_customer_purchases")).df()


def lifetimes(file: str) -> None:
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    customers, start = histories(file), time.process_time()
    purchases, values = BetaGeoFitter(), GammaGammaFitter()
    x, recency, age, value = (customers[name].astype(float) for name in ("frequency", "recency", "T", "monetary_value"))
    purchases.fit(x, recency, age)
    valued = (x > 0) & (value > 0)
    values.fit(x[valued], value[valued])
    fitted = time.process_time()
    purchases.conditional_probability_alive(x, recency, age)
    purchases.conditional_expected_number_of_purchases_up_to_time(13, x, recency, age)
    values.customer_lifetime_value(purchases, x, recency, age, value, time=12, freq="W", discount_rate=0.01)
    report(start, fitted)


def pymc_marketing(file: str) -> None:
    from pymc_marketing.clv import BetaGeoModel, GammaGammaModel

    customers, start = histories(file), time.process_time()
    purchases = BetaGeoModel(data=customers)
    purchases.fit(method="map")
    values = GammaGammaModel(data=customers[(customers.frequency > 0) & (customers.monetary_value > 0)])
    values.fit(method="map")
    fitted = time.process_time()
    purchases.expected_probability_alive()
    purchases.expected_purchases(future_t=13)
    values.expected_customer_lifetime_value(
        transaction_model=purchases, data=customers, future_t=12, discount_rate=0.01, time_unit="W"
    )
    report(start, fitted)


def report(start: float, fitted: float) -> None:
    print(f"fit {fitted - start:.1f} s, score {time.process_time() - fitted:.1f} s")


PROGRAMS = {"make": make, "lifetimes": lifetimes, "pymc-marketing": pymc_marketing}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
