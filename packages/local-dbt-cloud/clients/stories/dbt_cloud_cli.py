"""dbt-cloud-cli reads the account, runs a job and reads its artifacts."""

import json
import subprocess
import sys
from pathlib import Path

from story import ENVIRONMENT, PROJECT, begin, new_job, same, step

begin("dbt-cloud-cli")
PROGRAM = Path(sys.executable).with_name("dbt-cloud")


def ask(*args: object) -> dict:
    """The JSON object that the program prints at the end of its output."""
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"dbt-cloud {' '.join(map(str, args))}: {done.stderr or done.stdout}")
    return json.loads(done.stdout[done.stdout.index("{") :])


with step("read the account"):
    same(ask("account", "get")["data"]["run_slots"] > 0, True)
with step("list projects"):
    same([row["id"] for row in ask("project", "list")["data"]], [PROJECT])
with step("list environments"):
    same([row["id"] for row in ask("environment", "list", "--project-id", PROJECT)["data"]], [ENVIRONMENT])
# Its `job create` always sends triggers.custom_branch_only, which dbt Cloud refuses.
job = new_job("Orders")
with step("run the job and wait for its end"):
    run = ask("job", "run", "--job-id", job, "--wait")["data"]
    same(run["status"], 10)
with step("read the run"):
    same(ask("run", "get", "--run-id", run["id"])["data"]["is_success"], True)
with step("list artifacts"):
    same("manifest.json" in ask("run", "list-artifacts", "--run-id", run["id"])["data"], True)
with step("read an artifact"):
    results = ask("run", "get-artifact", "--run-id", run["id"], "--path", "run_results.json")
    same({row["status"] for row in results["results"]}, {"success", "pass"})
with step("delete the job"):
    ask("job", "delete", "--job-id", job)
    same(job in [row["id"] for row in ask("job", "list", "--project-id", PROJECT)["data"]], False)
