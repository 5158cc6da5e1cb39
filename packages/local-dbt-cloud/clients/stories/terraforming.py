"""dbtcloud-terraforming writes resources and imports for everything in the account."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from story import end_as_missing, same, step, tell

PROGRAM = shutil.which("dbtcloud-terraforming")
TERRAFORM = shutil.which("terraform")
if PROGRAM is None or TERRAFORM is None:
    end_as_missing(f"{'dbtcloud-terraforming' if PROGRAM is None else 'terraform'} is not on PATH")
FOLDER = Path(tempfile.mkdtemp())
OUTPUT = FOLDER / "objects.tf"
PROVIDER = 'terraform { required_providers { dbtcloud = { source = "dbt-labs/dbtcloud" } } }'


def run(*command: str) -> str:
    env = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER, env={**env, "CHECKPOINT_DISABLE": "1"})
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command[:3])}: {done.stderr or done.stdout}")
    return done.stdout


tell(version=run(str(PROGRAM), "version").split()[-1])
with step("write resources and imports of all types, linked to each other"):
    (FOLDER / "provider.tf").write_text(PROVIDER)
    run(str(TERRAFORM), "init", "-input=false")
    types = ["--resource-types", "all", "--linked-resource-types", "all"]
    installed = ["--terraform-install-path", str(FOLDER), "--terraform-binary-path", str(TERRAFORM)]
    run(str(PROGRAM), "genimport", *types, "--output", str(OUTPUT), *installed)
    same('resource "dbtcloud_job"' in OUTPUT.read_text(), True)
with step("terraform validates them"):
    run(str(TERRAFORM), "validate")
