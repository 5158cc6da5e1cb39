"""Terraform's provider plans, applies, changes, imports and destroys a job."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from story import COMMAND, ENVIRONMENT, PROJECT, end_as_missing, same, step, tell

TERRAFORM = shutil.which("terraform")
if TERRAFORM is None:
    end_as_missing("terraform is not on PATH")
FOLDER = Path(tempfile.mkdtemp())
STACK = """
terraform {
  required_providers {
    dbtcloud = { source = "dbt-labs/dbtcloud" }
  }
}

data "dbtcloud_project" "marketing" {
  id = %(project)d
}

resource "dbtcloud_job" "nightly" {
  project_id     = data.dbtcloud_project.marketing.id
  environment_id = %(environment)d
  name           = "Nightly"
  execute_steps  = ["%(command)s"]
  triggers       = { schedule = true, github_webhook = false, git_provider_webhook = false, on_merge = false }
  schedule_type  = "custom_cron"
  schedule_cron  = "%(cron)s"
}
"""
EMPTY = 0
CHANGES = 2


def terraform(*args: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
    command = [str(TERRAFORM), f"-chdir={FOLDER}", *args]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CHECKPOINT_DISABLE": "1"})
    if done.returncode not in codes:
        raise AssertionError(f"terraform {args[0]}: {done.stderr or done.stdout}")
    return done


def declare(cron: str) -> None:
    values = {"project": PROJECT, "environment": ENVIRONMENT, "command": COMMAND, "cron": cron}
    (FOLDER / "main.tf").write_text(STACK % values)


def plan() -> int:
    return terraform("plan", "-input=false", "-detailed-exitcode", codes=(EMPTY, CHANGES)).returncode


declare("0 5 * * *")
initialized = terraform("init", "-input=false", "-no-color", codes=(0, 1))
if initialized.returncode != 0:
    end_as_missing(f"terraform init cannot install the provider: {' '.join(initialized.stderr.split())}")
selections = json.loads(terraform("version", "-json").stdout)["provider_selections"]
tell(version=selections["registry.terraform.io/dbt-labs/dbtcloud"])
with step("plan a new job"):
    same(plan(), CHANGES)
with step("create it, and plan nothing more"):
    terraform("apply", "-auto-approve", "-input=false")
    same(plan(), EMPTY)
with step("change it, and plan nothing more"):
    declare("30 5 * * 1-5")
    same(plan(), CHANGES)
    terraform("apply", "-auto-approve", "-input=false")
    same(plan(), EMPTY)
with step("import it, and plan nothing more"):
    (state,) = [json.loads(terraform("show", "-json").stdout)["values"]["root_module"]["resources"]]
    job = next(row["values"]["id"] for row in state if row["mode"] == "managed")
    terraform("state", "rm", "dbtcloud_job.nightly")
    terraform("import", "-input=false", "dbtcloud_job.nightly", str(job))
    terraform("apply", "-auto-approve", "-input=false")
    same(plan(), EMPTY)
with step("destroy it"):
    terraform("destroy", "-auto-approve", "-input=false")
    same(plan(), CHANGES)
sys.exit(0)
