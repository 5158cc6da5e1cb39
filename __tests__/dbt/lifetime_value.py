"""Compares the scores of lifetime value with calculations that do not share their SQL.

    lifetime_value.py world FILE      writes the sources of a world with the edges of the formulas to a new DuckDB file
    lifetime_value.py cdnow FILE      writes the purchases of CDNOW up to June 1998, from the package lifetimes, as sources
    lifetime_value.py compare FILE    compares marketing_prep.int_ltv_scores with scipy's 2F1 and with the package lifetimes

Each as-of date of the world has parameters of its own, so that one build meets all of them.
"""

import sys
from datetime import date, timedelta

import duckdb
from worlds import World, card

LAST_DAY = date(2025, 12, 31)
# model_version, weeks before the last day, unit and r, alpha, a, b, p, q, v. The first ones are those of CDNOW.
FITS = [
    ("cdnow", 0, "week", (0.243, 4.414, 0.793, 2.426, 6.25, 3.74, 15.44)),
    ("in_days", 13, "day", (0.9, 7 * 12.0, 0.3, 4.5, 2.4, 24.0, 390.0)),
    ("a_of_1", 26, "week", (0.5, 9.0, 1.0, 3.0, 6.25, 3.74, 15.44)),
    ("limits", 39, "week", (0.99, 12.37, 5.0, 389.0, 2.0, 50.0, 900.0)),
]
# Purchase days of each customer, as days before the last day.
PURCHASES = [
    [0],
    [1],
    [700],
    [700, 699],
    [700, 0],
    [272, 59, 100],
    [272, 59, 101],
    [91, 182],
    [273, 280, 400],
    list(range(700, 300, -1)),
    list(range(700, 0, -7)),
    [700, 698, 696, 694, 692, 690, 688, 686],
]
# A value of 1 for `a` is a gap of the formula. The SQL moves it by a millionth.
TOLERANCES = {"a_of_1": 1e-5}


def write(file: str) -> None:
    world = World(len(PURCHASES))
    for customer, days in enumerate(PURCHASES, 1):
        for number, day in enumerate(sorted(days, reverse=True)):
            world.order(customer, str(LAST_DAY - timedelta(days=day)), "Mug", card(1000 + 333 * number + customer))
    world.write(file)
    with duckdb.connect(file) as connection:
        connection.execute("""
            create table dbt_production.clv_model_parameters (
                model_version varchar, fitted_at timestamp, as_of_date date, time_unit varchar, r double, alpha double,
                a double, b double, p double, q double, v double, log_likelihood double, n_customers bigint
            )
        """)
        for version, weeks, unit, parameters in FITS:
            day = LAST_DAY - timedelta(weeks=weeks)
            row = (version, day, day, unit, *parameters, 0, 2357)
            connection.execute(f"insert into dbt_production.clv_model_parameters values ({', '.join('?' * 13)})", row)


def write_cdnow(file: str) -> None:
    from importlib.resources import files

    lines = files("lifetimes.datasets").joinpath("CDNOW_sample.txt").read_text(encoding="utf-8").splitlines()
    # The columns: id of all customers, id of the sample, day, number of CDs, dollars.
    rows = [(int(sample), f"{day[:4]}-{day[4:6]}-{day[6:]}", round(100 * float(dollars))) for _, sample, day, _, dollars in map(str.split, lines)]
    World(0).write(file)
    with duckdb.connect(file) as connection:
        connection.execute("use dbt_production")
        connection.execute("create temp table sample (number integer, customer integer, day date, cents integer)")
        connection.executemany("insert into sample values (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows, 1)])
        connection.execute("insert into customers select distinct customer, 'First', 'Last' from sample")
        connection.execute("insert into orders select number, customer, day, 'completed', 'CD' from sample")
        connection.execute("insert into payments select number, number, 'credit_card', cents from sample")


def expected(x: int, recency: float, age: float, value: float, fit: tuple[float, ...]) -> dict[str, float]:
    """The scores by the published formulas, with the 2F1 of scipy before Euler's transformation."""
    from scipy.special import hyp2f1

    r, alpha, a, b, p, q, v = fit
    a += 1e-7 if a == 1 else 0
    alive = 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)) if x else 1

    def purchases(weeks: float) -> float:
        z = weeks / (alpha + age + weeks)
        rest = (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
        return alive * (a + b + x - 1) / (a - 1) * (1 - rest)

    sums = [0, *(purchases(month * 52 / 12) for month in range(1, 13))]
    return {
        "p_alive": alive,
        "expected_purchases_13w": sums[3],
        "expected_purchases_52w_discounted": sum((sums[n] - sums[n - 1]) / 1.01**n for n in range(1, 13)),
        "expected_avg_value": p * (v + x * value) / (p * x + q - 1),
        "churn_probability": 1 - alive * (1 - ((alpha + age) / (alpha + age + 13)) ** (r + x)),
    }


def of_lifetimes(x: int, recency: float, age: float, value: float, fit: tuple[float, ...]) -> dict[str, float]:
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from pandas import Series

    purchases, values = BetaGeoFitter(), GammaGammaFitter()
    purchases.params_, values.params_ = Series(dict(zip(["r", "alpha", "a", "b"], fit))), Series(dict(zip("pqv", fit[4:])))
    return {
        "p_alive": float(purchases.conditional_probability_alive(x, recency, age)[0]),
        "expected_purchases_13w": float(
            purchases.conditional_expected_number_of_purchases_up_to_time(13, x, recency, age)
        ),
        "expected_avg_value": float(values.conditional_expected_average_profit(Series([x]), Series([value])).iloc[0]),
    }


def compare(file: str) -> int:
    rows = duckdb.connect(file, read_only=True).execute("""
        select model_version, customer_id, frequency, recency_days / 7, age_days / 7, monetary_value, p_alive,
            expected_purchases_13w, expected_purchases_52w_discounted, expected_avg_value, churn_probability
        from marketing_prep.int_ltv_scores order by all
    """)
    names = [column[0] for column in rows.description[6:]]
    fits = {version: (unit, fit) for version, _, unit, fit in FITS}
    count, worst, problems = 0, 0.0, []
    for version, customer, *history, p_alive, e_13w, e_52w, value, churn in rows.fetchall():
        unit, (r, alpha, *rest) = fits[version]
        fit = (r, alpha / 7 if unit == "day" else alpha, *rest)
        found = dict(zip(names, (p_alive, e_13w, e_52w, value, churn)))
        references = {"scipy": expected(*history, fit)}
        if version == "cdnow":
            references["lifetimes"] = of_lifetimes(*history, fit)
        for reference, right in references.items():
            for name, one in right.items():
                error = abs(found[name] - one) / max(abs(one), 1e-300)
                count += 1
                worst = max(worst, error if version not in TOLERANCES else 0)
                if error > TOLERANCES.get(version, 1e-9):
                    problems.append(f"{version}, customer {customer}, {name}: the mart has {found[name]}, {reference} {one}")
    print("\n".join([*problems, f"{count} scores, {len(problems)} differences, largest relative error {worst:.1e}"]))
    return 1 if problems else 0


COMMANDS = {"world": write, "cdnow": write_cdnow, "compare": compare}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2]))
