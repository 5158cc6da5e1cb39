"""Compares the attribution tables of a DuckDB file with an independent calculation from its sources, by loops and NumPy.

    python touch_attribution.py FILE --vars '{"attribution_window_days": 14}'

Prints each difference above 1e-9 of the greatest value, and how many values it compared; exit code 1 with a difference.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict

import duckdb
import numpy

DEFAULTS = {
    "attribution_window_days": 30,
    "time_decay_half_life_days": 7,
    "position_first_weight": 0.4,
    "position_last_weight": 0.4,
}
UNATTRIBUTED = "unattributed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--vars", type=json.loads, default={})
    options = parser.parse_args()
    with duckdb.connect(options.file, read_only=True) as connection:
        orders, touches = rows_of(connection)
        expected = calculated(orders, touches, {**DEFAULTS, **options.vars})
        found = found_in(connection)
    differences = [
        f"{key}: the table has {found.get(key)}, calculated {expected.get(key)}"
        for key in sorted(expected.keys() | found.keys())
        if key not in found or key not in expected or abs(found[key] - expected[key]) > 1e-9 * max(1, abs(expected[key]))
    ]
    print("\n".join(differences[:20] + [f"{len(expected)} values, {len(differences)} differences"]))
    return 1 if differences else 0


def rows_of(connection):
    connection.execute("use dbt_production")
    orders = connection.execute("""
        select orders.id, user_id, order_date, coalesce(sum(amount), 0) / 100
        from orders left join payments on payments.order_id = orders.id
        where status = 'completed' group by all order by order_date, orders.id""").fetchall()
    touches = connection.execute("""
        select touchpoint_id, customer_id, touched_at, trim(channel)
        from touchpoints where customer_id is not null order by touched_at, touchpoint_id""").fetchall()
    return orders, touches


def calculated(orders, touches, settings):
    touches_of = defaultdict(list)
    for touch in touches:
        touches_of[touch[1]].append(touch)
    totals = Counter()
    paths, used, dates = [], set(), defaultdict(list)
    touched = [0, 0.0]
    for order, customer, day, revenue in orders:
        previous = dates[customer][-1] if dates[customer] else None
        dates[customer].append(day)
        mine = [
            touch
            for touch in touches_of[customer]
            if 0 <= (day - touch[2].date()).days <= settings["attribution_window_days"]
            and (previous is None or touch[2].date() > previous)
        ]
        used.update(touch[0] for touch in mine)
        channels = [touch[3] for touch in mine]
        for model, credits in credits_of([(day - touch[2].date()).days for touch in mine], channels, settings).items():
            for channel, credit in zip(channels or [UNATTRIBUTED], credits):
                totals[model, channel, "conversions"] += credit
                totals[model, channel, "revenue"] += credit * revenue
        if mine:
            paths.append((channels, True))
            touched[0] += 1
            touched[1] += revenue
        else:
            totals["markov", UNATTRIBUTED, "conversions"] += 1
            totals["markov", UNATTRIBUTED, "revenue"] += revenue
    cycles = defaultdict(list)
    for touch in touches:
        if touch[0] not in used:
            cycles[touch[1], len({day for day in dates[touch[1]] if day < touch[2].date()})].append(touch[3])
    effects = removal_effects(paths + [(channels, False) for channels in cycles.values()])
    for channel, effect in effects.items():
        totals["removal_effect", channel, ""] = effect
        # A channel outside all journeys to an order has an effect if it leads to a channel inside one.
        if effect > 1e-12:
            for measure, total in zip(("conversions", "revenue"), touched):
                totals["markov", channel, measure] = total * effect / sum(effects.values())
    return totals


def credits_of(ages, channels, settings):
    n = len(ages)
    if n == 0:
        return {model: [1] for model in ("first_touch", "last_touch", "last_non_direct", "linear", "time_decay", "position_based", "shapley")}
    first, last = settings["position_first_weight"], settings["position_last_weight"]
    weights = [2 ** (-age / settings["time_decay_half_life_days"]) for age in ages]
    position = {1: [1], 2: [first / (first + last), last / (first + last)]}.get(n)
    distinct = len(set(channels))
    not_direct = [place for place, channel in enumerate(channels) if channel != "direct"]
    last_non_direct = not_direct[-1] if not_direct else n - 1
    return {
        "first_touch": [1] + [0] * (n - 1),
        "last_touch": [0] * (n - 1) + [1],
        "last_non_direct": [int(place == last_non_direct) for place in range(n)],
        "linear": [1 / n] * n,
        "time_decay": [weight / sum(weights) for weight in weights],
        "position_based": position or [first, *[(1 - first - last) / (n - 2)] * (n - 2), last],
        "shapley": [1 / distinct / channels.count(channel) for channel in channels],
    }


def removal_effects(paths):
    """For each channel, by the solution of (I - Q) x = r, with r the probabilities of a conversion at the next move."""
    channels = sorted({channel for path, _ in paths for channel in path})
    states = ["(start)", *channels]
    moves = Counter()
    for path, converts in paths:
        for move in zip(["(start)", *path], [*path, "(conversion)" if converts else "(null)"]):
            moves[move] += 1
    leaving = {state: sum(count for (source, _), count in moves.items() if source == state) for state in states}
    probability = {(source, target): count / leaving[source] for (source, target), count in moves.items()}

    def conversion(removed):
        q = numpy.array([[0 if to == removed else probability.get((state, to), 0) for to in states] for state in states])
        r = numpy.array([probability.get((state, "(conversion)"), 0) for state in states])
        return numpy.linalg.solve(numpy.eye(len(states)) - q, r)[0]

    return {channel: 1 - conversion(channel) / conversion(None) for channel in channels}


def found_in(connection):
    credits = connection.execute("from marketing.attribution_by_channel").fetchall()
    found = {(model, channel, "conversions"): conversions for model, channel, conversions, _ in credits}
    found |= {(model, channel, "revenue"): revenue for model, channel, _, revenue in credits}
    effects = "select attribution_channel, removal_effect from marketing.markov_removal_effect"
    return found | {("removal_effect", channel, ""): effect for channel, effect in connection.execute(effects).fetchall()}


if __name__ == "__main__":
    sys.exit(main())
