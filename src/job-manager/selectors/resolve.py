"""Finds what dbt selects for many steps, in one process that parses the project once for each set of environment variables.

usage: resolve.py, in the folder of the dbt project. The question is JSON on standard input:
    {"folder": FOLDER, "steps": [{"arguments": [ARGUMENT...], "vars": YAML or null, "variables": {NAME: VALUE}}...]}
The answer is JSON on standard output:
    {"seconds": SECONDS, "answers": [{"manifest": FILE, "selected": [ID...], "unmatched": [CRITERION...], "error": TEXT or null}...]}
ARGUMENT is an argument of `dbt list`. FOLDER gets the parsed projects and their manifests. SECONDS is the time after parsing.
Exit code 3 means that this version of dbt has another interface, so that `dbt list` has to answer each step.
"""

import contextlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

OTHER_INTERFACE = 3
PARSED_PROJECT = "partial_parse.msgpack"

try:
    from dbt.cli.flags import Flags, args_to_context
    from dbt.cli.main import dbtRunner
    from dbt.task.list import ListTask
    from dbt.version import __version__
except ImportError:
    sys.exit(OTHER_INTERFACE)

if not __version__.startswith("1.11."):
    sys.exit(OTHER_INTERFACE)


class Project:
    """The parsed project, as it is with some values of environment variables and vars."""

    def __init__(self, folder: Path, variables: dict, project_vars: str | None, earlier: Path | None) -> None:
        self.folder = folder
        self.project_vars = project_vars
        self.error = None
        folder.mkdir(parents=True, exist_ok=True)
        if earlier and not (folder / PARSED_PROJECT).exists() and (earlier / PARSED_PROJECT).exists():
            shutil.copy(earlier / PARSED_PROJECT, folder)
        with environment(variables):
            result = dbtRunner().invoke(self.command("parse"))
        self.manifest = result.result
        if not result.success:
            self.error = str(result.exception)
        names = self.manifest.env_vars if self.manifest else variables
        self.read_variables = {name: variables.get(name, os.environ.get(name)) for name in names}

    def is_for(self, variables: dict, project_vars: str | None) -> bool:
        """Whether the project would be the same with other values: dbt knows the variables that it read."""
        return project_vars == self.project_vars and all(
            variables.get(name, os.environ.get(name)) == value for name, value in self.read_variables.items()
        )

    def command(self, name: str) -> list[str]:
        places = ["--target-path", str(self.folder), "--log-path", str(self.folder / "logs")]
        quiet = ["--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats"]
        return [*quiet, name, *places, *(["--vars", self.project_vars] if self.project_vars else [])]

    def answers(self, steps: list[dict]) -> list[dict]:
        """The answers to steps. One run of `dbt list` loads the settings of the project, and answers all of them."""
        if self.error:
            return [self.answer(error=self.error) for _ in steps]
        found: list[dict] = []
        unmatched: list[str] = []

        def on_event(event) -> None:
            if event.info.name == "NoNodesForSelectionCriteria":
                unmatched.append(event.data.spec_raw)

        def run(task: ListTask) -> list:
            task.compile_manifest()
            for step in steps:
                unmatched.clear()
                found.append(self.answer_of(task, step, unmatched))
            return []

        original, ListTask.run = ListTask.run, run
        try:
            result = dbtRunner(manifest=self.manifest, callbacks=[on_event]).invoke(
                ["--no-write-json", *self.command("list")]
            )
        finally:
            ListTask.run = original
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return found

    def answer_of(self, task: ListTask, step: dict, unmatched: list[str]) -> dict:
        with environment(step["variables"]):
            try:
                flags = Flags(args_to_context(["list", *step["arguments"]]))
                own = ListTask(flags, task.config, task.manifest)
                own.graph = task.graph
                selected = own.get_node_selector().get_selected(own.get_selection_spec())
            except Exception as error:
                # dbt refuses a selector with one of several kinds of exceptions.
                return self.answer(error=str(error))
        return self.answer(selected=sorted(selected), unmatched=sorted(set(unmatched)))

    def answer(self, selected: tuple | list = (), unmatched: tuple | list = (), error: str | None = None) -> dict:
        return {
            "manifest": str(self.folder / "manifest.json"),
            "selected": list(selected),
            "unmatched": list(unmatched),
            "error": error,
        }


@contextlib.contextmanager
def environment(variables: dict):
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    question = json.load(sys.stdin)
    folder = Path(question["folder"])
    projects: list[Project] = []
    steps_of: list[list[int]] = []
    for number, step in enumerate(question["steps"]):
        values = (step["variables"], step["vars"])
        place = next((i for i, project in enumerate(projects) if project.is_for(*values)), None)
        if place is None:
            place = len(projects)
            projects.append(Project(folder / str(place), *values, projects[0].folder if projects else None))
            steps_of.append([])
        steps_of[place].append(number)
    start = time.monotonic()
    answers: dict[int, dict] = {}
    for project, numbers in zip(projects, steps_of, strict=True):
        given = project.answers([question["steps"][number] for number in numbers])
        answers.update(zip(numbers, given, strict=True))
    seconds = time.monotonic() - start
    json.dump({"seconds": seconds, "answers": [answers[number] for number in range(len(question["steps"]))]}, ANSWER)


# dbt prints to standard output, which has the answer alone.
ANSWER = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
main()
ANSWER.close()
