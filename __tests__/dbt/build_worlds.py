"""Writes every world of worlds.py to FOLDER/<name>/world.duckdb, and builds the marts in each folder of FOLDER.

    python build_worlds.py FOLDER

A folder that is there already is built as it is; in an empty one dbt loads the shipped data. No test is run, and the
optional sources are off. One process for all, so that dbt parses the project once. Prints {name: vars} as JSON.
"""

import json
import os
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from quick_dbt import make_dbt_quick
from worlds import WORLDS

MARTS = "customers orders customer_segmentation product_performance customer_cohorts marketing_attribution".split()
SELECTED = ["--select", *[f"+{mart}" for mart in MARTS]]
PROJECT = str(Path(__file__).parents[2] / "dbt")
PLACES = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--quiet", "--no-write-json", "--log-level-file", "none"]
WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
# A DuckDB catalog is called like its file, and the parsed project knows its name: it has to be the same for all.
FILE = "world.duckdb"


def main(folder: Path) -> int:
    make_dbt_quick()
    # The worlds have the three core sources only.
    os.environ["DBT_OPTIONAL_SOURCES"] = ""
    vars_of = {file.name: {} for file in folder.iterdir()}
    for name, world in WORLDS.items():
        (folder / name).mkdir()
        world.write(folder / name / FILE)
        vars_of[name] = world.vars
    places = [*PLACES, "--target-path", str(folder / "target")]
    manifest = None
    for name in vars_of:
        os.environ["MARKETING_DUCKDB_PATH"] = str(folder / name / FILE)
        manifest = manifest or dbtRunner().invoke(["parse", *places]).result
        build = ["build", *SELECTED, *WITHOUT_TESTS, *places, "--vars", json.dumps(vars_of[name])]
        if not dbtRunner(manifest=manifest).invoke(build).success:
            print(f"dbt build failed in world {name}", file=sys.stderr)
            return 1
    print(json.dumps(vars_of))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
