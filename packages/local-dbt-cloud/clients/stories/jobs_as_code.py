"""dbt-jobs-as-code plans, syncs and imports jobs."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from story import ACCOUNT, COMMAND, ENVIRONMENT, PROJECT, begin, same, step

begin("dbt-jobs-as-code")
PROGRAM = Path(sys.executable).with_name("dbt-jobs-as-code")
FILE = Path(tempfile.mkdtemp()) / "jobs.yml"


def run(*args: object) -> str:
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"dbt-jobs-as-code {' '.join(map(str, args))}: {done.stderr or done.stdout}")
    return done.stdout


def declare(cron: str, identifier: str = "nightly") -> None:
    job = {
        "account_id": ACCOUNT,
        "project_id": PROJECT,
        "environment_id": ENVIRONMENT,
        "name": "Nightly",
        "settings": {"threads": 4, "target_name": "default"},
        "execution": {"timeout_seconds": 0},
        "run_generate_sources": False,
        "generate_docs": False,
        "execute_steps": [COMMAND],
        "schedule": {"cron": cron},
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": True},
    }
    # JSON is YAML.
    FILE.write_text(json.dumps({"jobs": {identifier: job}}))


def planned() -> list[str]:
    return [change["action"] for change in json.loads(run("plan", FILE, "--json"))["job_changes"]]


with step("plan a new job"):
    declare("0 5 * * 1-5")
    same(planned(), ["CREATE"])
with step("create it, and plan nothing more"):
    run("sync", FILE)
    same(planned(), [])
with step("change it, and plan nothing more"):
    declare("30 5 * * *")
    same(planned(), ["UPDATE"])
    run("sync", FILE)
    same(planned(), [])
with step("import the jobs"):
    same("name: Nightly" in run("import-jobs", "--account-id", ACCOUNT), True)
with step("deactivate all jobs"):
    run("deactivate-jobs", "--account-id", ACCOUNT)
    same(planned(), ["UPDATE"])
with step("remove it"):
    declare("30 5 * * *", identifier="other")
    same(sorted(planned()), ["CREATE", "DELETE"])
    run("sync", FILE)
    same(planned(), [])
