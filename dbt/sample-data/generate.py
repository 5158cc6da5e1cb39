"""Makes the sample data of the sources: the shipped CSV files, or a DuckDB file of any size.

    python generate.py                                          # one CSV file per table, beside this file
    python generate.py --duckdb big.duckdb --orders 1000000     # schema dbt_production of a new DuckDB file
    python generate.py --duckdb big.duckdb --optional touchpoints   # with optional sources
    python generate.py --duckdb bad.duckdb --faults orphan-order,negative-amount

The same arguments make the same rows on every machine: nothing is random but the seed.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
from ad_platforms import add_ad_platforms
from clv_parameters import add_clv_parameters
from consent import add_consent
from edge_cases import EDGE_CASES
from engagement import add_engagement
from faults import FAULTS
from touchpoints import add_touchpoints

HERE = Path(__file__).parent
TABLES = ("customers", "orders", "payments")
# The function that adds the tables of each optional source. The CSV files have all of them.
OPTIONAL = {
    "touchpoints": add_touchpoints,
    "ads": add_ad_platforms,
    "engagement": add_engagement,
    "consent": add_consent,
    "clv_parameters": add_clv_parameters,
}
# world.sql makes about 4 orders per customer. It drops the customers that it does not need.
ORDERS_PER_CUSTOMER = 3
SHIPPED_ORDERS = 4500
SHIPPED_SEED = 2024


def main() -> int:
    options = parsed(sys.argv[1:])
    if options.duckdb and options.duckdb.exists():
        print(f"{options.duckdb} already exists; give another file, or remove it", file=sys.stderr)
        return 1
    with duckdb.connect(str(options.duckdb or ":memory:")) as connection:
        make_world(connection, options.seed, options.orders)
        add_edge_cases(connection)
        for name in options.optional if options.duckdb else OPTIONAL:
            OPTIONAL[name](connection, options.seed)
        for name in options.faults:
            connection.execute(FAULTS[name])
        if not options.duckdb:
            write_csv(connection, options.folder)
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=HERE, help="folder for the CSV files (default: the folder of this file)")
    parser.add_argument("--duckdb", type=Path, metavar="FILE", help="write a new DuckDB file instead of CSV files")
    parser.add_argument(
        "--orders", type=whole_number, default=SHIPPED_ORDERS, help="total number of orders (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=SHIPPED_SEED, help="seed of the random data (default: %(default)s)"
    )
    optional = f"optional sources of a DuckDB file: {', '.join(OPTIONAL)}"
    parser.add_argument(
        "--optional", type=names_of(OPTIONAL, "optional source"), default=[], metavar="NAME,…", help=optional
    )
    faults = f"plant: {', '.join(FAULTS)}"
    parser.add_argument("--faults", type=names_of(FAULTS, "fault"), default=[], metavar="NAME,…", help=faults)
    return parser.parse_args(arguments)


def whole_number(text: str) -> int:
    least = sum(len(customer.orders) for customer in EDGE_CASES) + 1
    if not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number of at least {least}, the number of orders of the edge cases plus one"
        )
    return int(text)


def names_of(things: dict[str, object], kind: str) -> Callable[[str], list[str]]:
    """The type of an argument that is a list of names, separated by commas."""

    def parsed_names(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in things]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown {kind} {', '.join(unknown)}; allowed: {', '.join(things)}")
        return names

    return parsed_names


def make_world(connection: duckdb.DuckDBPyConnection, seed: int, orders: int) -> None:
    """Fills schema dbt_production with the rows of world.sql: `orders` minus the number of orders of the edge cases."""
    made = orders - sum(len(customer.orders) for customer in EDGE_CASES)
    variables = {"seed": str(seed), "orders": made, "people": made // ORDERS_PER_CUSTOMER + 100}
    connection.execute("create schema dbt_production; use dbt_production")
    for name, value in variables.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    connection.execute((HERE / "world.sql").read_text(encoding="utf-8"))
    (count,) = connection.execute("select count(*) from orders").fetchone()
    if count != made:
        raise RuntimeError(f"world.sql made {count} orders of {made}: {variables['people']} people are too few")


def add_edge_cases(connection: duckdb.DuckDBPyConnection) -> None:
    user, order, payment = (connection.execute(f"select max(id) from {table}").fetchone()[0] for table in TABLES)
    customers, orders, payments = [], [], []
    for customer in EDGE_CASES:
        user += 1
        customers.append((user, customer.first_name, customer.last_name))
        for order_date, status, product_name, lines in customer.orders:
            order += 1
            orders.append((order, user, order_date, status, product_name))
            for method, cents in lines:
                payment += 1
                payments.append((payment, order, method, cents))
    for table, rows in zip(TABLES, (customers, orders, payments)):
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def write_csv(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'dbt_production'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"copy (from {table} order by all) to '{folder / table}.csv' (header)")


if __name__ == "__main__":
    sys.exit(main())
