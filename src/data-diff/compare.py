"""Compares the marts of two warehouses by their keys, and prints the differences as JSON.

usage: compare.py < REQUEST, JSON with the DuckDB files `base` and `head`, a folder for copies, the name of the mart with one row
for each KPI, and the marts; each mart has its name, schema, key, the builds that have it, and the columns whose values must not be shown
"""

import json
import math
import sys
from pathlib import Path

import duckdb

# Sums of doubles depend on the order of the rows, so that the last digits can differ between two builds.
TOLERANCE = 1e-9
EXAMPLES = 3
NUMBERS = ("INTEGER", "DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER")
DOUBLES = ("DOUBLE", "FLOAT")
HIDDEN = "(personal data)"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def copy_marts(warehouse: str, folder: Path, marts: list[dict], build: str) -> None:
    """Writes each mart that the warehouse has to a file, because views work only under the warehouse's own name."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = set(connection.execute("select table_schema, table_name from information_schema.tables").fetchall())
        for mart in marts:
            file = folder / f"{mart['name']}.parquet"
            file.unlink(missing_ok=True)
            # The warehouse of head is a copy of the base's, so it still has the marts that are gone.
            if build in mart["builds"] and (mart["schema"], mart["name"]) in found:
                relation = f"{quoted(mart['schema'])}.{quoted(mart['name'])}"
                connection.execute(f"copy (select * from {relation}) to '{file}' (format parquet)")


def types_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"describe {relation}").fetchall()}


def count_of(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return connection.execute(sql).fetchone()[0]


def differs(column: str, before: str, after: str) -> str:
    """SQL for: the column has another value than before."""
    b, h = f"b.{quoted(column)}", f"h.{quoted(column)}"
    if before.startswith(DOUBLES) and after.startswith(DOUBLES):
        # In DuckDB, NaN is greater than every number.
        near = f"isfinite({b}) and isfinite({h}) and abs({h} - {b}) <= {TOLERANCE} * greatest(abs({h}), abs({b}))"
        return f"({b} is distinct from {h} and not coalesce({near}, false))"
    if before != after and not (before.startswith(NUMBERS) and after.startswith(NUMBERS)):
        return f"(cast({b} as varchar) is distinct from cast({h} as varchar))"
    return f"({b} is distinct from {h})"


def text(value: object) -> object:
    """A value for JSON, which has no dates and no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def column_difference(connection, mart: dict, column: str, before: str, after: str, joined: str) -> dict | None:
    different = differs(column, before, after)
    changed = count_of(connection, f"select count(*) {joined} where {different}")
    if changed == 0:
        return None
    b, h = f"b.{quoted(column)}", f"h.{quoted(column)}"
    is_number = before.startswith(NUMBERS) and after.startswith(NUMBERS)
    step = f"cast({h} as double) - cast({b} as double)"
    largest, mean = None, None
    if is_number:
        largest, mean = connection.execute(f"select max(abs({step})), avg({step}) {joined} where {different}").fetchone()
    order = f"abs({step}) desc nulls first, " if is_number else ""
    keys = [f"h.{quoted(key)}" for key in mart["key"]]
    rows = connection.execute(
        f"select {', '.join([*keys, b, h])} {joined} where {different} order by {order}{', '.join(keys)} limit {EXAMPLES}"
    ).fetchall()
    hidden = set(mart["hidden"])
    return {
        "name": column,
        "changed": changed,
        "largest": number(largest),
        "mean": number(mean),
        "examples": [
            {
                "key": [
                    HIDDEN if key in hidden else text(value) for key, value in zip(mart["key"], row, strict=False)
                ],
                "before": HIDDEN if column in hidden else text(row[-2]),
                "after": HIDDEN if column in hidden else text(row[-1]),
            }
            for row in rows
        ],
    }


def compared(connection: duckdb.DuckDBPyConnection, mart: dict, base: Path, head: Path) -> dict:
    b, h = (f"read_parquet('{folder / (mart['name'] + '.parquet')}')" for folder in (base, head))
    before, after = types_of(connection, f"select * from {b}"), types_of(connection, f"select * from {h}")
    common = [name for name in after if name in before]
    result = {
        "name": mart["name"],
        "rows": {"base": count_of(connection, f"select count(*) from {b}"), "head": count_of(connection, f"select count(*) from {h}")},
        "schema": {
            "added": [name for name in after if name not in before],
            "removed": [name for name in before if name not in after],
            "retyped": [{"name": n, "before": before[n], "after": after[n]} for n in common if before[n] != after[n]],
        },
        "columns": [],
    }
    if not is_key(connection, mart["key"], common, (b, h)):
        listed = ", ".join(quoted(name) for name in common)
        for name, left, right in (("added", h, b), ("lost", b, h)):
            result["rows"][name] = count_of(
                connection, f"select count(*) from (select {listed} from {left} except all select {listed} from {right})"
            )
        result["rows"]["changed"] = 0
        return {**result, "by_key": False}
    same = " and ".join(f"b.{quoted(key)} is not distinct from h.{quoted(key)}" for key in mart["key"])
    result["rows"]["added"] = count_of(connection, f"select count(*) from {h} h where not exists (select 1 from {b} b where {same})")
    result["rows"]["lost"] = count_of(connection, f"select count(*) from {b} b where not exists (select 1 from {h} h where {same})")
    joined = f"from {b} b inner join {h} h on {same}"
    others = [name for name in common if name not in mart["key"]]
    any_column = " or ".join(differs(name, before[name], after[name]) for name in others) or "false"
    result["rows"]["changed"] = count_of(connection, f"select count(*) {joined} where {any_column}")
    if result["rows"]["changed"]:
        found = [column_difference(connection, mart, name, before[name], after[name], joined) for name in others]
        result["columns"] = [column for column in found if column]
    return {**result, "by_key": True}


def is_key(connection, key: list[str], columns: list[str], relations: tuple[str, ...]) -> bool:
    """Whether the key finds one row in each relation."""
    if not key or any(name not in columns for name in key):
        return False
    listed = ", ".join(quoted(name) for name in key)
    return all(
        count_of(connection, f"select count(*) from (select 1 from {r} group by {listed} having count(*) > 1)") == 0 for r in relations
    )


def difference(connection, mart: dict, base: Path, head: Path) -> dict:
    files = [folder / f"{mart['name']}.parquet" for folder in (base, head)]
    if all(file.exists() for file in files):
        return {"status": "compared", **compared(connection, mart, base, head)}
    return {"status": "added" if files[1].exists() else "removed" if files[0].exists() else "missing", "name": mart["name"]}


def kpi_changes(connection, summary: str, marts: list[str], base: Path, head: Path) -> list[dict]:
    """The KPIs that have another value, in the order of their labels; none if the summary is not compared."""
    files = [folder / f"{summary}.parquet" for folder in (base, head)]
    if summary not in marts or not all(file.exists() for file in files):
        return []
    rows = connection.execute(f"""
        select coalesce(h.label, b.label), coalesce(h.unit, b.unit), cast(b.value as double), cast(h.value as double)
        from read_parquet('{files[0]}') b full join read_parquet('{files[1]}') h on b.kpi_name = h.kpi_name
        where b.value is distinct from h.value
            and not coalesce(abs(h.value - b.value) <= {TOLERANCE} * greatest(abs(h.value), abs(b.value)), false)
        order by 1
    """).fetchall()
    return [dict(zip(("label", "unit", "before", "after"), row, strict=True)) for row in rows]


def main() -> None:
    request = json.load(sys.stdin)
    base, head = (Path(request["folder"]) / name for name in ("base", "head"))
    for build, folder in (("base", base), ("head", head)):
        copy_marts(request[build], folder, request["marts"], build)
    with duckdb.connect() as connection:
        marts = [difference(connection, mart, base, head) for mart in request["marts"]]
        names = [mart["name"] for mart in request["marts"]]
        print(json.dumps({"marts": marts, "kpis": kpi_changes(connection, request["summary"], names, base, head)}))


if __name__ == "__main__":
    main()
