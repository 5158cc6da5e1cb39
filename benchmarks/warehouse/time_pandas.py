"""Prints the seconds that pandas needs for each mart of a DuckDB file, as JSON.

    python time_pandas.py warehouse.duckdb RUNS REPORT.json

`compute` starts with the source tables in memory and ends with a data frame. `load` brings the tables there, `store`
makes a table of the frame: the SQL of a mart does all three. The first results are compared with the marts in the file,
because a comparison of programs that do not do the same says nothing.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb
from compare import differences, read_mart
from pandas_marts import MARTS, Rules, load


def main(file: Path, runs: int, report: Path) -> int:
    sources, load_seconds = timed(lambda: load(file))
    marts = {}
    with duckdb.connect(str(report.with_suffix(".duckdb"))) as store:
        for mart, key in MARTS.items():
            name = mart.__name__
            frame, first_seconds = timed(lambda: mart(sources, Rules()))
            found = differences(read_mart(file, "marketing", name), frame, key)
            if found:
                print(f"{name} is not what dbt built: {found[0]}", file=sys.stderr)
                return 1
            _, store_seconds = timed(lambda: store.from_df(frame).create(name))
            more_seconds = [timed(lambda: mart(sources, Rules()))[1] for _ in range(runs - 1)]
            compute_seconds = statistics.median([first_seconds, *more_seconds])
            marts[name] = {"rows": len(frame), "compute": compute_seconds, "store": store_seconds}
    report.write_text(json.dumps({"load": load_seconds, "marts": marts}))
    return 0


def timed(call):
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
