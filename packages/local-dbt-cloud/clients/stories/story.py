"""The steps of a client's story. Each step prints one line, and the first step that fails ends the story."""

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

PREFIX = "story: "
ACCOUNT = int(os.environ["STORY_ACCOUNT_ID"])
PROJECT = int(os.environ["STORY_PROJECT_ID"])
PROJECT_NAME = "Marketing Analytics"
ENVIRONMENT = int(os.environ["STORY_ENVIRONMENT_ID"])
ENVIRONMENT_NAME = "production"
# One small model of the project, so that a run takes seconds.
COMMAND = "dbt build --select stg_orders"


def tell(**line: str) -> None:
    print(f"{PREFIX}{json.dumps(line)}", flush=True)


def begin(package: str) -> None:
    """Tells the version of the Python package that the story uses."""
    tell(version=metadata.version(package))


def end_as_missing(reason: str) -> None:
    """Ends the story of a client that this machine does not have."""
    tell(missing=reason)
    sys.exit(0)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Tells whether the step succeeded.

    Raises SystemExit when it did not.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        reason = str(error).strip() or type(error).__name__
        tell(step=title, problem=reason if isinstance(error, AssertionError) else f"{type(error).__name__}: {reason}")
        raise SystemExit(1) from error
    tell(step=title)


def same(got: object, expected: object) -> None:
    """Raises AssertionError with both values when they differ."""
    if got != expected:
        raise AssertionError(f"got {got!r}, expected {expected!r}")


def new_job(name: str) -> int:
    """Creates a job without the client, for a client that creates none.

    Returns its id.
    """
    body = {"project_id": PROJECT, "environment_id": ENVIRONMENT, "name": name, "execute_steps": [COMMAND]}
    request = urllib.request.Request(
        f"{os.environ['STORY_URL']}/api/v2/accounts/{ACCOUNT}/jobs/",
        data=json.dumps(body).encode(),
        headers={"authorization": f"Token {os.environ['STORY_TOKEN']}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]["id"]
