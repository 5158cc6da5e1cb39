"""Measures processor time and peak memory of fitting and scoring lifetime values, beside lifetimes and pymc-marketing.

Processor time counts all threads, so that it depends little on what else the machine does. The wall time is in parentheses.

usage: npm run bench:ltv -- [--customers N] [--pymc PYTHON]

--customers  the number of simulated customers; default 1000000
--pymc       the Python of an environment that has pymc-marketing and duckdb, which this project does not install
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = str(Path(__file__).with_name("programs.py"))
MEASURE = str(ROOT / "benchmarks" / "warehouse" / "report_peak_memory.py")
VARS = {"analysis_date": "2025-12-31", "ltv_backtest_origins": 0, "optional_sources": ["clv_model_parameters"]}


def measured(label: str, folder: str, *command: str) -> None:
    """Runs a command and prints its processor time, its wall time, its peak memory and its last line."""
    env = {
        **os.environ,
        "MARKETING_DUCKDB_PATH": f"{folder}/warehouse.duckdb",
        "DBT_TARGET_PATH": f"{folder}/target",
        "DBT_LOG_PATH": f"{folder}/logs",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    with tempfile.TemporaryFile() as report:
        wrapped = [sys.executable, MEASURE, *command]
        script = 'exec 3>&"$0"; exec "$@"'
        run = subprocess.run(
            ["bash", "-c", script, str(report.fileno()), *wrapped],
            cwd=ROOT / "dbt",
            env=env,
            capture_output=True,
            text=True,
            pass_fds=[report.fileno()],
        )
        report.seek(0)
        used = json.loads(report.read() or "{}")
    last = (run.stdout.strip().splitlines() or [""])[-1]
    if run.returncode != 0:
        last = f"failed with {run.returncode}: {(run.stderr.strip() or run.stdout.strip())[-300:]}"
    times = f"{used.get('processor_seconds', 0):8.1f} s ({used.get('seconds', 0):.1f} s)"
    print(f"{label:<34} {times:<22} {used.get('megabytes', 0):8.0f} MB   {last}", flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="npm run bench:ltv --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pymc", metavar="PYTHON")
    asked = parser.parse_args(arguments)
    dbt = str(Path(sys.executable).with_name("dbt"))
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/warehouse.duckdb"
        measured("simulated purchases", folder, sys.executable, PROGRAMS, "make", file, str(asked.customers))
        measured("npm run ltv:fit", folder, sys.executable, "../src/ltv/fit.py", "--as-of", VARS["analysis_date"])
        models = ["stg_clv_model_parameters", "int_ltv_histories", "int_ltv_parameters", "int_ltv_scores"]
        score = [dbt, "--no-use-colors", "run", "--select", *models, "--vars", json.dumps(VARS)]
        measured("dbt run, histories and scores", folder, *score)
        measured("lifetimes, fit and scores", folder, sys.executable, PROGRAMS, "lifetimes", file)
        if asked.pymc:
            measured("pymc-marketing, fit and scores", folder, asked.pymc, PROGRAMS, "pymc-marketing", file)
        else:
            print("pymc-marketing: not measured; name the Python of its environment with --pymc")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
