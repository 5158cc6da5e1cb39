"""Fits the models of lifetime value to the purchases in a warehouse, and adds the parameters to clv_model_parameters.

usage: npm run ltv:fit -- [--target TARGET] [--as-of YYYY-MM-DD] [--dry-run]

--target   an output of dbt/profiles.yml; default: the profile's
--as-of    the last day whose purchases count; default: the newest order date
--dry-run  prints the parameters and writes nothing

The purchases are those of the model int_customer_purchases, so build the model first. With fewer than ltv_min_customers
customers or ltv_min_repeaters customers with a repeat purchase, nothing is written, and the models use their heuristic.
"""

import argparse
import os
import sys
from datetime import date, datetime, timezone
from pathlib import Path

import yaml
from purchase_models import FitError, fit_purchases, fit_values
from warehouse import PARAMETERS, Warehouse

PROJECT = Path(__file__).parents[2] / "dbt"
MODEL_VERSION = "bg_nbd_gamma_gamma_1"
BUILD = "dbt build --select +int_customer_purchases --exclude-resource-type unit_test"

# What DuckDB says of a file that another program has open, and what helps.
LOCKED = "Could not set lock"
END_OTHER_PROGRAM = "end the other program that has this file open, then repeat ltv:fit; --dry-run can read beside other readers"


def main(arguments: list[str]) -> int:
    asked = parsed(arguments)
    defaults = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    if "MARKETING_DUCKDB_PATH" in os.environ:
        # npm starts programs in the repository's root. INIT_CWD is the folder in which npm was started.
        started = Path(os.environ.get("INIT_CWD", os.getcwd()))
        os.environ["MARKETING_DUCKDB_PATH"] = str(started / os.environ["MARKETING_DUCKDB_PATH"])
    os.chdir(PROJECT)
    try:
        warehouse = Warehouse(str(PROJECT), asked.target, read_only=asked.dry_run)
        day = asked.as_of or warehouse.newest_day()
        histories = warehouse.histories(day) if day else None
    except Exception as error:
        build = f"in dbt/, run `{BUILD}` for this target, then repeat ltv:fit"
        fix = END_OTHER_PROGRAM if LOCKED in str(error) else build
        return failure(f"cannot read the purchases: {error}", fix)
    customers = len(histories.frequency) if histories else 0
    repeaters = int((histories.frequency > 0).sum()) if histories else 0
    least = [defaults["ltv_min_customers"], defaults["ltv_min_repeaters"]]
    print(f"{customers} customers, {repeaters} with a repeat purchase, up to {day}")
    if customers < least[0] or repeaters < least[1]:
        print(f"insufficient data: {least[0]} customers and {least[1]} with a repeat purchase are needed. Nothing was")
        print("written. Without parameters, customer_ltv uses its heuristic and says so in the column method.")
        return 0
    try:
        purchases = fit_purchases(histories.frequency, histories.recency, histories.age)
        values = fit_values(histories.frequency, histories.monetary_value)
    except FitError as error:
        return failure(str(error), "keep the parameters of the last fit, and look for faults in the newest orders and payments")
    parameters = dict(zip(PARAMETERS, (*purchases.parameters, *values.parameters)))
    print(", ".join(f"{name} {value:.4g}" for name, value in parameters.items()), end="")
    print(f"; log-likelihood {purchases.log_likelihood:.2f}")
    if asked.dry_run:
        return 0
    row = {
        "model_version": MODEL_VERSION,
        "fitted_at": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
        "as_of_date": day.isoformat(),
        "time_unit": "week",
        **parameters,
        "log_likelihood": purchases.log_likelihood,
        "n_customers": customers,
    }
    try:
        warehouse.add(row)
    except Exception as error:
        return failure(f"cannot write to {warehouse.table}: {error}", "grant the user of the target create and insert in this schema")
    print(f"added to {warehouse.table}; the next dbt build scores with it")
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npm run ltv:fit --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", help="an output of dbt/profiles.yml")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day that counts")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    return parser.parse_args(arguments)


def failure(reason: str, fix: str) -> int:
    print(f"ltv:fit: {reason}\n  fix: {fix}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
