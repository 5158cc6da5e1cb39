"""Compares the rows of two tables of different warehouses."""

import datetime
import decimal
import math
from collections import Counter


def plain(value: object) -> object:
    """Numbers as doubles, everything else as text."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (decimal.Decimal, float, int)):
        return float(value)
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else str(value)


def order(row: tuple[object, ...]) -> tuple[list[str], list[str]]:
    """A sort key with texts and whole numbers first, because other numbers differ in their last digits."""
    numbers = [value for value in row if isinstance(value, float)]
    texts = [value for value in row if isinstance(value, str)]
    return texts, [f"{value:.0f}" if value.is_integer() else f"{value:.6g}" for value in numbers]


def same(a: object, b: object) -> bool:
    """Ignores relative differences of a billionth and tiny values, because sums of doubles depend on the order of rows."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def difference(a: tuple[list, list], b: tuple[list, list]) -> str | None:
    """The differences of two tables, each with its columns and rows; None if they are equal."""
    if a[0] != b[0]:
        return f"columns {a[0]} and {b[0]}"
    if Counter(a[1]) == Counter(b[1]):
        return None
    left, right = (sorted((tuple(map(plain, row)) for row in rows), key=order) for rows in (a[1], b[1]))
    example = next(((x, y) for x, y in zip(left, right, strict=False) if not all(map(same, x, y))), None)
    if example or len(left) != len(right):
        return f"{len(left)} and {len(right)} rows, such as {example}"
    return None
