"""Plants mistakes in the SQL of the models and counts how many the tests of the dbt project catch.

usage: main.py [--models NAME ...] [--sample N] [--seed N] [--processes N] [--survivors FILE] [--table FILE]
               [--warehouse FILE --target FOLDER]

Without --warehouse and --target, dbt builds the shipped data first. --sample takes N mistakes of all, by --seed. --survivors
writes each mistake that no test caught, with its diff. --table writes the figures into the marked part of a Markdown file.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from mutations import diff, mutated, mutations
from warehouse_tests import Outcome, Project, Warehouse

ROOT = Path(__file__).parents[3]
EQUIVALENT = Path(__file__).with_name("equivalent.json")
FIRST_MARK, LAST_MARK = "<!-- mutants: first line -->", "<!-- mutants: last line -->"


@dataclass(frozen=True)
class Result:
    """A mistake and how the tests met it; `diff` is empty if a test caught it."""

    model: str
    area: str
    key: tuple[str, str, str, str]
    outcome: Outcome
    seconds: float
    diff: str

    @property
    def caught(self) -> bool:
        return self.outcome.result != "survived"


class Worker:
    """A process with a warehouse of its own."""

    def __init__(self, file: Path, target: Path) -> None:
        self.project = Project(target)
        self.warehouse = Warehouse(file, self.project)
        self.sites: dict[str, list] = {}

    def result(self, model_id: str, site: int) -> Result | None:
        """The result of the first valid mistake at a site; None if DuckDB refuses all of them."""
        model = self.project.models[model_id]
        if model_id not in self.sites:
            self.sites = {model_id: alternatives(model.statement)}
        for mutation in self.sites[model_id][site]:
            if not self.warehouse.is_valid(model, mutation):
                continue
            start = time.monotonic()
            outcome = self.warehouse.outcome(model, mutation)
            seconds = time.monotonic() - start
            survived = outcome.result == "survived"
            lines = diff(model.statement, mutated(model.statement, mutation.path, mutation.edit)) if survived else ""
            return Result(model.name, model.area, mutation.key(model.statement), outcome, seconds, lines)
        return None


def alternatives(statement) -> list[list]:
    """The mistakes of a statement by site: one each, except for a swapped column, which has several to choose from.

    A loop in a model compiles to steps that differ in numbers only. A mistake in a model is in all of them, so that the mistakes
    of the first step represent the others.
    """
    sites: dict[tuple, list] = {}
    steps: dict[tuple, str] = {}
    for number, mutation in enumerate(mutations(statement)):
        loop, is_step, _ = re.match(r"(.*?)(_\d+)?($)", mutation.place).groups()
        if is_step and steps.setdefault((loop, mutation.kind, mutation.path_in_place), mutation.place) != mutation.place:
            continue
        site = ("column", mutation.path) if mutation.kind == "column" else (mutation.kind, number)
        sites.setdefault(site, []).append(mutation)
    return list(sites.values())


def start_worker(file: Path, target: Path) -> None:
    global worker
    try:
        worker = Worker(file, target)
    except Exception as error:  # A pool starts a process that fails here again and again.
        worker = error


def run_site(site: tuple[str, int]) -> Result | None:
    if isinstance(worker, Exception):
        raise worker
    return worker.result(*site)


def built(folder: Path) -> tuple[Path, Path]:
    """Builds the shipped data with dbt; returns the DuckDB file and the folder with what dbt compiled."""
    file, target = folder / "warehouse.duckdb", folder / "target"
    env = {
        **os.environ,
        "MARKETING_DUCKDB_PATH": str(file),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    dbt = [str(ROOT / ".venv" / "bin" / "dbt"), "--quiet", "build"]
    if subprocess.run(dbt, cwd=ROOT / "dbt", env=env, check=False).returncode != 0:
        sys.exit("dbt build of the shipped data failed; mutants need a build that passes. Its messages are above.")
    return file, target


def sites_of(project: Project, names: list[str], sample: int | None, seed: int) -> list[tuple[str, int]]:
    """The sites of all models, or a sample; the same seed gives the same sample. They are in the order of the models."""
    unknown = sorted(set(names) - {model.name for model in project.models.values()})
    if unknown:
        sys.exit(f"--models {' '.join(unknown)}: no such model. `dbt ls --resource-type model` lists the models.")
    sites = [
        (model.id, site)
        for model in project.models.values()
        if not names or model.name in names
        for site in range(len(alternatives(model.statement)))
    ]
    return sites if sample is None else sorted(random.Random(seed).sample(sites, min(sample, len(sites))))


def equivalents() -> dict[tuple, str]:
    """The reviewed mistakes that change no result, with the reason."""
    entries = json.loads(EQUIVALENT.read_text())
    return {(one["model"], one["kind"], one["place"], one["before"], one["after"]): one["reason"] for one in entries}


def table(results: list[Result]) -> list[str]:
    """The figures by area and by kind, as Markdown tables."""
    lines = []
    for title, group in (("Area", lambda one: one.area), ("Kind", lambda one: one.key[0])):
        groups: dict[str, list[Result]] = defaultdict(list)
        for result in results:
            groups[group(result)].append(result)
        lines += [f"| {title} | Mistakes | Caught | Unit tests | Data tests | Build | Score |", "| :-- | --: | --: | --: | --: | --: | --: |"]
        for name, ones in [*sorted(groups.items()), ("all", results)]:
            by = Counter(one.outcome.result for one in ones)
            caught = len(ones) - by["survived"]
            figures = [len(ones), caught, by["unit test"], by["data test"], by["build"] + by["time"]]
            cells = [name if name == "all" else f"`{name}`", *map(str, figures), f"{100 * caught / len(ones):.1f} %"]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return lines


def write_survivors(file: Path, results: list[Result]) -> None:
    lines = []
    for one in results:
        if not one.caught:
            reached = "" if one.outcome.reached else ", no row of the sample data changes"
            lines += [f"--- {one.model}: {one.key[0]} in {one.key[1]}{reached}", one.diff, ""]
    file.write_text("\n".join(lines))


def write_table(file: Path, lines: list[str]) -> None:
    before, _, rest = file.read_text().partition(FIRST_MARK)
    _, mark, after = rest.partition(LAST_MARK)
    if not mark:
        sys.exit(f"{file} has no lines {FIRST_MARK} and {LAST_MARK}; the figures go between them.")
    file.write_text("\n".join([before + FIRST_MARK, "", *lines, LAST_MARK + after]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=[])
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--survivors", type=Path)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--target", type=Path)
    options = parser.parse_args()
    if (options.warehouse is None) != (options.target is None):
        parser.error("--warehouse and --target belong together: the file and the target folder of one `dbt build`")
    with tempfile.TemporaryDirectory() as folder:
        place = (options.warehouse, options.target) if options.warehouse else built(Path(folder))
        sites = sites_of(Project(place[1]), options.models, options.sample, options.seed)
        with get_context("spawn").Pool(options.processes, start_worker, place) as pool:
            found = [result for result in pool.imap(run_site, sites, chunksize=20) if result is not None]
    listed = equivalents()
    results = [one for one in found if (one.model, *one.key) not in listed]
    wrong = [one for one in found if one.caught and (one.model, *one.key) in listed]
    absent = [] if options.sample or options.models else sorted(set(listed) - {(one.model, *one.key) for one in found})
    lines = table(results)
    print("\n".join(lines))
    survivors = [one for one in results if not one.caught]
    print(f"{len(results)} mistakes, {len(survivors)} survived, {len(found) - len(results)} equivalent, {len(sites) - len(found)} refused")
    for one in wrong:
        print(f"equivalent.json lists a mistake that {one.outcome.by} caught: {one.model}: {' | '.join(one.key)}")
    for key in absent:
        print(f"equivalent.json lists a mistake that the models do not have: {' | '.join(key)}")
    if options.survivors:
        write_survivors(options.survivors, results)
    if options.table:
        command = f"npm run mutants -- {' '.join(sys.argv[1:])}".strip()
        write_table(options.table, [f"`{command}` on {date.today()}:", "", *lines])
    return 1 if wrong or absent else 0


if __name__ == "__main__":
    sys.exit(main())
