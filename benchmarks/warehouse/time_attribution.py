"""Prints the seconds that other programs need for the attribution of a DuckDB file's journeys, and the differences, as JSON.

    python time_attribution.py warehouse.duckdb RUNS REPORT.json

The package marketing-attribution-models gets the converting journeys, each a line of channels, and gives five heuristics.
Markov is pandas for the counts and a linear solve in NumPy for each removed channel. Both are compared with the tables
in the file; differences of more than 1e-9 are an error, because then the programs do not do the same.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from mam.core import MAM

TOLERANCE = 1e-9
HALF_LIFE_HOURS = 7 * 24
JOURNEYS = """
    select
        order_id, string_agg(attribution_channel, ' > ' order by touch_index) as channels,
        string_agg(24.0 * age_days, ' > ' order by touch_index) as hours, true as has_conversion,
        any_value(revenue)::double as revenue
    from marketing_prep.int_conversion_touches
    group by order_id
"""
PATHS = """
    select coalesce(order_id, -customer_id) as journey, cycle, is_converting, attribution_channel
    from marketing_prep.int_markov_journeys
    order by journey, cycle, touched_at, touchpoint_id
"""


def main(file: Path, runs: int, report: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        journeys, paths = connection.sql(JOURNEYS).pl(), connection.sql(PATHS).df()
        credits = connection.sql("from marketing.attribution_by_channel").df()
        effects = connection.sql("from marketing.markov_removal_effect").df()
    credits = credits.set_index(["attribution_model", "attribution_channel"])["credited_revenue"]
    effects = effects.set_index("attribution_channel")["removal_effect"]
    revenue, heuristics_seconds = timed(lambda: heuristics(journeys), runs)
    removal, markov_seconds = timed(lambda: removal_effects(paths), runs)
    found = {
        "heuristics": {"seconds": heuristics_seconds, "difference": difference(revenue, credits)},
        "markov": {"seconds": markov_seconds, "difference": difference(removal, effects)},
    }
    for name, result in found.items():
        if not result["difference"] <= TOLERANCE:
            print(f"{name} differ from what dbt built by {result['difference']:.1e}", file=sys.stderr)
            return 1
    report.write_text(json.dumps({"journeys": count(paths), "touches": len(paths), **found}))
    return 0


def heuristics(journeys: pl.DataFrame) -> pd.Series:
    """Revenue by model and channel."""
    mam = MAM(
        journeys,
        "journey",
        channels_colname="channels",
        journey_with_conv_colname="has_conversion",
        user_id_colname="order_id",
        time_till_conv_colname="hours",
        conversion_value_colname="revenue",
    )
    results = {
        "first_touch": mam.run_first_click(),
        "last_touch": mam.run_last_click(),
        "linear": mam.run_linear(),
        "time_decay": mam.run_time_decay(HALF_LIFE_HOURS),
        "position_based": mam.run_position_based(),
    }
    return pd.concat({name: by_channel(result) for name, result in results.items()})


def by_channel(result) -> pd.Series:
    frame = result.to_pandas()
    return frame.set_index(frame["channels"].astype(str))["attribution"]


def removal_effects(paths: pd.DataFrame) -> pd.Series:
    """1 - P(conversion without the channel) / P(conversion), from the counts of moves between channels."""
    channels, codes = np.unique(paths["attribution_channel"], return_inverse=True)
    size = len(channels)
    is_first = starts(paths)
    is_last = np.append(is_first[1:], True)
    end = np.where(paths["is_converting"], size + 1, size + 2)
    moves = pd.DataFrame(
        {
            "source": np.concatenate([np.full(is_first.sum(), size), codes]),
            "target": np.concatenate([codes[is_first], np.where(is_last, end, np.append(codes[1:], 0))]),
        }
    ).value_counts()
    counts = np.zeros((size + 1, size + 3))
    counts[moves.index.get_level_values(0), moves.index.get_level_values(1)] = moves
    chain = counts / counts.sum(axis=1, keepdims=True)
    with_all = conversion_probability(chain, size)
    without = np.array([conversion_probability(removed(chain, channel), size) for channel in range(size)])
    return pd.Series(1 - without / with_all, channels)


def removed(chain: np.ndarray, channel: int) -> np.ndarray:
    """The chain in which all moves into the channel are lost."""
    lost = chain.copy()
    lost[:, -1] += lost[:, channel]
    lost[:, channel] = 0
    return lost


def conversion_probability(chain: np.ndarray, start: int) -> float:
    between = np.identity(start + 1)
    between[:, :start] -= chain[:, :start]
    return np.linalg.solve(between, chain[:, start + 1])[start]


def starts(paths: pd.DataFrame) -> np.ndarray:
    """Whether a touch is the first of its journey."""
    keys = paths[["journey", "cycle"]].fillna(-1)
    return (keys != keys.shift()).any(axis="columns").to_numpy()


def count(paths: pd.DataFrame) -> int:
    return int(starts(paths).sum())


def difference(theirs: pd.Series, built: pd.Series) -> float:
    """The greatest relative difference; infinite if only one side has a row."""
    theirs = theirs.rename_axis(built.index.names)
    ours = built[built.index.isin(theirs.index)]
    if len(ours) != len(theirs):
        return float("inf")
    return float(((theirs - ours).abs() / ours.abs().clip(lower=TOLERANCE)).max())


def timed(call, runs: int):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
