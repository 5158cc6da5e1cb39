"""Small worlds in which the marts' rules meet their edges: orders, how they were paid, and the vars to build with."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import duckdb

TABLES = """
create schema dbt_production;
create table dbt_production.customers (id integer, first_name varchar, last_name varchar);
create table dbt_production.orders (id integer, user_id integer, order_date date, status varchar, product_name varchar);
create table dbt_production.payments (id integer, order_id integer, payment_method varchar, amount integer);
"""

Payment = tuple[str, int]


@dataclass
class World:
    """So many customers, numbered from 1, and their orders."""

    customers: int
    vars: dict[str, object] = field(default_factory=dict)
    orders: list[tuple] = field(default_factory=list)
    payments: list[tuple] = field(default_factory=list)

    def order(self, user: int, day: str, product: str, *payments: Payment, status: str = "completed") -> None:
        self.orders.append((len(self.orders) + 1, user, day, status, product))
        for method, cents in payments:
            self.payments.append((len(self.payments) + 1, len(self.orders), method, cents))

    def write(self, file: Path) -> None:
        with duckdb.connect(str(file)) as connection:
            connection.execute(TABLES)
            customers = [(number, f"First {number}", f"Last {number}") for number in range(1, self.customers + 1)]
            for table, rows in {"customers": customers, "orders": self.orders, "payments": self.payments}.items():
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"insert into dbt_production.{table} values ({marks})", rows)


def card(cents: int) -> Payment:
    return ("credit_card", cents)


def simple(customers: int, *orders: tuple[int, str, str, int], **more: object) -> World:
    """Completed orders of (customer, day, product, cents), each paid by card at once."""
    world = World(customers, **more)
    for user, day, product, cents in orders:
        world.order(user, day, product, card(cents))
    return world


def all_returned() -> World:
    world = World(3)
    for user in (1, 2, 3):
        world.order(user, "2025-02-03", "Mug", card(10000), status="returned")
        world.order(user, "2025-02-08", "Cup", ("coupon", 500), card(1500), status="return_pending")
    return world


def nothing_paid() -> World:
    world = World(5)
    for user, day in ((1, "2025-01-31"), (2, "2025-02-01"), (2, "2025-03-03"), (3, "2025-03-03")):
        world.order(user, day, "Mug")
        world.order(user, day, "Cup", status="placed")
    return world


def payments_of_all_kinds() -> World:
    """Monday 2025-03-03 to Sunday 2025-03-09; around the threshold; rows of 0; several payments an order."""
    world = World(4)
    world.order(1, "2025-03-03", "Mug", card(10000))
    world.order(1, "2025-03-04", "Mug", card(9999))
    world.order(1, "2025-03-05", "Mug", card(4000), ("bank_transfer", 6000), status="returned")
    world.order(2, "2025-03-05", "Mug", card(10000), ("coupon", 0))
    world.order(2, "2025-03-08", "Cup", ("gift_card", 0))
    world.order(2, "2025-03-08", "Cup", ("gift_card", 500), ("coupon", 500), card(20000))
    world.order(3, "2025-03-08", "Pot", card(10000))
    world.order(3, "2025-03-09", "Pot", card(100), card(100), card(100))
    world.order(3, "2025-03-09", "Pot", status="shipped")
    world.order(3, "2025-03-09", "Pot", ("bank_transfer", 0), status="return_pending")
    return world


def around_blanks() -> World:
    world = World(2)
    world.order(1, "2025-03-03", " Mug", (" coupon ", 100), ("credit_card ", 900), status=" completed")
    world.order(1, "2025-03-04", "Mug  ", ("credit_card", 1000), status="returned ")
    world.order(2, "2025-03-04", 'Müg\'s "best", 1/2', (" bank_transfer", 1000), status="completed ")
    return world


def random_world(seed: int) -> World:
    """Few days, products and prices, so that nearly everything ties; ids do not follow dates; some buy nothing."""
    random = Random(seed)
    world = World(random.randint(5, 60))
    months = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)]
    days = [f"{month}-{day}" for month in random.sample(months, 9) for day in random.sample(["01", "15", "28"], 1)]
    products = [f"Product {letter}" for letter in "ABCDEF"[: random.randint(1, 6)]]
    methods = ["credit_card", "credit_card", "bank_transfer", "coupon", "gift_card"]
    statuses = ["completed"] * 5 + ["returned", "return_pending", "placed", "shipped"]
    for _ in range(random.randint(20, 200)):
        payments = [
            (random.choice(methods), random.choice([0, 100, 5000, 9900, 10000]))
            for _ in range(random.choice([0, 1, 1, 1, 2, 3]))
        ]
        user = random.randint(1, max(1, world.customers * 3 // 4))
        world.order(user, random.choice(days), random.choice(products), *payments, status=random.choice(statuses))
    return world


WORLDS = {
    "customers_without_orders": World(2),
    "one_customer": simple(1, (1, "2024-02-29", "Mug", 1000)),
    "four_customers": simple(4, *[(n, f"2025-01-0{n}", "Mug", 1000 * n) for n in (1, 2, 3, 4)]),
    "twenty_distinct": simple(
        20, *[(n, f"2025-01-{n + 1:02}", "Mug", 100 * k) for n in range(1, 21) for k in range(1, n + 1)]
    ),
    "everything_equal": simple(7, *[(n, "2025-06-15", "Mug", 2500) for n in range(1, 8)]),
    "all_returned": all_returned(),
    "nothing_paid": nothing_paid(),
    "payments_of_all_kinds": payments_of_all_kinds(),
    "blanks": around_blanks(),
    "abc_at_the_thresholds": simple(
        3, (1, "2025-01-06", "A", 8000), (2, "2025-01-06", "B", 1500), (3, "2025-01-06", "C", 500)
    ),
    "cohort_gaps": simple(
        3,
        (1, "2024-12-31", "Mug", 100),
        (1, "2025-03-01", "Mug", 100),
        (2, "2024-01-31", "Mug", 100),
        (2, "2024-02-01", "Mug", 100),
        (2, "2025-03-31", "Mug", 100),
        (3, "2025-03-31", "Mug", 0),
    ),
    "later_analysis_date": simple(
        2, (1, "2024-11-30", "Mug", 100), (2, "2025-01-01", "Mug", 200), vars={"analysis_date": "2025-03-01"}
    ),
    "other_thresholds": simple(
        4,
        *[(n, "2025-01-06", f"Product {n}", 1000 * n) for n in (1, 2, 3, 4)],
        vars={"high_value_order_threshold": 30, "abc_a_threshold": 0.4, "abc_b_threshold": 0.7},
    ),
    **{f"random_{seed}": random_world(seed) for seed in range(1, 3)},
}
