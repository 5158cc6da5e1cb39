"""Compares the marts of built DuckDB files with the same marts in pandas, row by row.

    python compare.py warehouse.duckdb [--schema marketing] [--vars '{"analysis_date": "2025-12-31"}']

Prints a line for each mart and its first differences; exit code 1 when there are any.
"""

import argparse
import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from pandas_marts import MARTS, Rules, load

RELATIVE_TOLERANCE = 1e-6
# Differences of sums of doubles around 0.
ABSOLUTE_TOLERANCE = 1e-9
SHOWN = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--schema", default="marketing")
    parser.add_argument("--vars", type=json.loads, default={}, help="the vars that dbt was given, as JSON")
    options = parser.parse_args()
    counts = [compare(file, options.schema, Rules(**options.vars)) for file in options.files]
    return 1 if any(counts) else 0


def compare(file: Path, schema: str, rules: Rules) -> int:
    """Prints the differences of the marts of a file, and returns their number."""
    sources = load(file)
    total = 0
    print(file)
    for mart, key in MARTS.items():
        expected = mart(sources, rules)
        found = differences(read_mart(file, schema, mart.__name__), expected, key)
        total += len(found)
        print(f"  {mart.__name__}: {len(expected)} rows, {len(expected.columns)} columns, {len(found)} differences")
        for line in found[:SHOWN]:
            print(f"    {line}")
    return total


def read_mart(file: Path, schema: str, name: str) -> pd.DataFrame:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(f"from {schema}.{name}").df()


def differences(built: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> list[str]:
    """The differences of a built mart from the expected one, as text: columns, then rows, then values."""
    absent = [f"the mart has no column {column}" for column in expected.columns if column not in built.columns]
    columns = [column for column in expected.columns if column in built.columns]
    ours, theirs = (keyed(frame[columns], key) for frame in (built, expected))
    if ours.index.has_duplicates:
        return [*absent, f"the mart has several rows of {ours.index[ours.index.duplicated()][0]}"]
    more, fewer = ours.index.difference(theirs.index), theirs.index.difference(ours.index)
    rows = [f"row {place} should not be there" for place in more] + [f"row {place} is missing" for place in fewer]
    both = theirs.index.intersection(ours.index)
    ours, theirs = ours.loc[both], theirs.loc[both]
    values = [
        f"{place} {column}: the mart has {said(ours.at[place, column])}, pandas {said(theirs.at[place, column])}"
        for column in ours.columns
        for place in both[unequal(ours[column], theirs[column])]
    ]
    return [*absent, *rows, *values]


def keyed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Sorts by key, and converts every type of date to a day."""
    days = {column: "datetime64[s]" for column in frame if pd.api.types.is_datetime64_any_dtype(frame[column])}
    return frame.astype(days).set_index(key).sort_index()


def unequal(ours: pd.Series, theirs: pd.Series) -> np.ndarray:
    both_missing = (ours.isna() & theirs.isna()).to_numpy()
    if pd.api.types.is_numeric_dtype(theirs):
        left, right = (pd.to_numeric(values).to_numpy("float64", na_value=np.nan) for values in (ours, theirs))
        equal = np.isclose(left, right, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)
    else:
        equal = (ours == theirs).to_numpy()
    return ~(equal | both_missing)


def said(value: object) -> object:
    return "null" if pd.isna(value) else value


if __name__ == "__main__":
    sys.exit(main())
