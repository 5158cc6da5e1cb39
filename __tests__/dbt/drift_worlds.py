"""Measures the alarms of attribution_drift on simulated shops, with the SQL that dbt ran.

    python drift_worlds.py FOLDER [--worlds 100] [--seed 1] [--orders 150 600]

FOLDER has the SQL of the models: target/run/marketing_analytics/models. The worlds lie one after the other in time, so that
each model runs once for all of them. Prints how many planted drifts had an alarm within two weeks, and in how many weeks
without a drift there was an alarm.

A world has 7 channels, weekdays, channels that are strong at the start or the end of each month, journeys of 1 to 3 touches,
and shares that differ from week to week by more than the orders of a sample do. The drift starts on any weekday. It is one
of three: all touches of paid_search lose their channel, the campaign of paid_social ends, or display starts.
"""

import argparse
import re
from pathlib import Path

import duckdb

BASELINE_WEEKS, JUDGED_WEEKS = 8, 26
WEEKS = BASELINE_WEEKS + JUDGED_WEEKS
FIRST_DAY = "1800-01-06"
MODELS = ["int_drift_parts", "int_drift_expectations", "int_drift_scores", "attribution_drift"]


def uniform(seed: int, *keys: object) -> str:
    """SQL for a number from 0 to 1 that depends on the keys and the seed alone."""
    return f"((hash({', '.join(map(str, keys))}, {seed}) >> 11) / 9007199254740992.0)"


def normal(seed: int, *keys: object) -> str:
    return f"(sqrt(-2 * ln(1 - {uniform(seed, *keys, 1)})) * cos(2 * pi() * {uniform(seed, *keys, 2)}))"


def make_worlds(connection, worlds: int, seed: int, orders: tuple[int, int]) -> None:
    """Creates `world` and `credits`. The first half of the worlds has a drift, the other half has none."""
    low, high = orders
    connection.execute(f"""
        create temp table world as
        select
            w as world, w < {worlds} as has_drift, date '{FIRST_DAY}' + cast(7 * {WEEKS} * w as integer) as first_day,
            {low} * power({high} / {low}.0, {uniform(seed, "w", 1)}) as weekly_orders,
            date '{FIRST_DAY}' + cast(7 * ({WEEKS} * w + {BASELINE_WEEKS} + 4)
                + floor(7 * {uniform(seed, "w", 2)}) as integer) as drift_day,
            cast(floor(3 * {uniform(seed, "w", 3)}) as integer) as kind, {uniform(seed, "w", 4)} as month_strength
        from range({2 * worlds}) as t(w);
        create temp table day as
        select *, has_drift and day >= drift_day as drifted, last_day(day) - day < 7 as ends_month
        from (select *, first_day + cast(d as integer) as day from world cross join range(7 * {WEEKS}) as t(d));
        create temp table orders as
        select row_number() over () as order_id, *
        from (
            select *, unnest(range(cast(floor(weekly_orders / 7 * [0.95, 1.0, 0.95, 0.9, 0.95, 1.1, 1.15][dayofweek(day) + 1]
                * case when ends_month then 1 + 0.3 * month_strength else 1 end
                * exp(0.15 * {normal(seed, "world", "d", 5)}) + {uniform(seed, "world", "d", 6)}) as integer)))
            from day
        );
        create temp table channel(channel, number, share) as
        values ('paid_search', 0, 0.22), ('paid_social', 1, 0.16), ('email', 2, 0.18), ('organic', 3, 0.18),
            ('direct', 4, 0.12), ('affiliate', 5, 0.08), ('display', 6, 0.06);
        create temp table weight as
        select
            world, day, channel, number,
            case when channel = 'display' and has_drift and kind = 2 then case when drifted then 0.25 else 0 end
                else share * exp(0.6 * {uniform(seed, "world", "number", 7)} - 0.3) end
            * case when channel = 'email' and ends_month then 1 + month_strength else 1 end
            * case when channel = 'email' and dayofweek(day) = 2 then 1.6 else 1 end
            * case when channel = 'affiliate' and day(day) <= 5 then 1 + month_strength else 1 end
            * case when channel = 'paid_social' and kind = 1 and drifted then 0 else 1 end
            * exp(0.05 * {normal(seed, "world", "d // 7", "number", 8)}) as weight
        from day cross join channel;
        create temp table reach as
        select *, sum(weight) over (partition by world, day order by number) / sum(weight) over (partition by world, day) as upper,
            upper - weight / sum(weight) over (partition by world, day) as lower
        from weight;
        create temp table touch as
        with touches as (
            select *, unnest(range(1 + cast({uniform(seed, "order_id", 9)} > 0.55 as integer)
                + cast({uniform(seed, "order_id", 9)} > 0.85 as integer))) as number
            from orders
            where {uniform(seed, "order_id", 10)} >= 0.1
        )
        select touches.order_id, touches.number, reach.channel
        from touches
        inner join reach on touches.world = reach.world and touches.day = reach.day
            and {uniform(seed, "order_id", "touches.number", 11)} >= lower
            and {uniform(seed, "order_id", "touches.number", 11)} < upper
        where not (kind = 0 and drifted and channel = 'paid_search');
        create table credits as
        with places as (
            select *, row_number() over (partition by order_id order by number) as place, count(*) over (partition by order_id) as n
            from touch
        )
        select
            orders.order_id, orders.day as order_date, coalesce(channel, 'unattributed') as attribution_channel,
            case when coalesce(place, 1) = 1 then 1.0 else 0 end as first_touch_credit,
            case when coalesce(place, 1) = coalesce(n, 1) then 1.0 else 0 end as last_touch_credit,
            last_touch_credit as last_non_direct_credit, 1.0 / coalesce(n, 1) as linear_credit,
            case coalesce(n, 1) when 1 then 1 when 2 then [0.4, 0.6][place] else [0.2, 0.3, 0.5][place] end as time_decay_credit,
            case coalesce(n, 1) when 1 then 1 when 2 then 0.5 else [0.4, 0.2, 0.4][place] end as position_based_credit,
            linear_credit as shapley_credit
        from orders left join places on orders.order_id = places.order_id;
    """)


def run_models(connection, folder: Path) -> None:
    """Runs the SQL of dbt on the credits. It has the names of the warehouse that dbt built."""
    scripts = {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("*.sql") if path.stem in MODELS}
    catalog = re.search(r'from "(\w+)"\."\w+"\."attribution_touch_credits"', scripts["int_drift_parts"])[1]
    connection.execute(f"attach ':memory:' as {catalog}; create schema {catalog}.marketing; create schema {catalog}.marketing_prep")
    connection.execute(f"create table {catalog}.marketing.attribution_touch_credits as select * from credits")
    connection.execute(f"create table {catalog}.marketing_prep.stg_orders as select max(order_date) as order_date from credits")
    for model in MODELS:
        connection.execute(scripts[model])
        schema = "marketing" if model == "attribution_drift" else "marketing_prep"
        built = re.search(rf'"({model}\w*)"', scripts[model])[1]
        if built != model:
            connection.execute(f"alter table {catalog}.{schema}.{built} rename to {model}")
    connection.execute(f"create temp view drift as select * from {catalog}.marketing.attribution_drift")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, nargs=2, default=(150, 600), metavar=("LEAST", "MOST"), help="orders of a week")
    options = parser.parse_args()
    with duckdb.connect() as connection:
        make_worlds(connection, options.worlds, options.seed, tuple(options.orders))
        run_models(connection, options.folder)
        [found] = connection.execute("""
            select count(distinct world) from drift inner join world on has_drift
                and week + 7 > drift_day and week + 7 <= drift_day + 14
            where alarm <> 'none'
        """).fetchone()
        false, weeks = connection.execute(f"""
            select count(distinct case when alarm <> 'none' then week end), count(distinct week)
            from drift inner join world on not has_drift
                and week >= first_day + 7 * {BASELINE_WEEKS} and week < first_day + 7 * {WEEKS}
        """).fetchone()
    print(f"{found} of {options.worlds} drifts found within 2 weeks; false alarms in {false} of {weeks} weeks without a drift")


if __name__ == "__main__":
    main()
