"""The models and tests of a built warehouse, run straight in DuckDB, so that a mistake costs no start of dbt."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb
from sqlglot import exp

from mutations import Mutation, Rendering, counterparts, parsed, path_of

# A mistake can multiply rows without end. The tests of a model need less than a second.
TIME_LIMIT_SECONDS = 20


@dataclass
class UnitTest:
    """A unit test as dbt sends it: one query with the actual and the expected rows."""

    name: str
    sql: str

    @cached_property
    def statement(self) -> exp.Expression:
        return parsed(self.sql)

    @cached_property
    def rendering(self) -> Rendering:
        return Rendering(self.statement)

    def sql_with(self, mutation: Mutation, model: exp.Expression) -> str | None:
        """The query with a mistake in the model; None if the unit test's rendering of the model does not have its place."""
        path = self.counterparts(model).get(mutation.path)
        return None if path is None else self.rendering.mutated((*path_of(tested_body(self.statement)), *path), mutation.edit)

    def counterparts(self, model: exp.Expression) -> dict:
        """The paths of the model's SQL that lead to the same node of the unit test's rendering of the model."""
        if not hasattr(self, "paths"):
            self.paths = counterparts(model, tested_body(self.statement))
        return self.paths


@dataclass
class DataTest:
    name: str
    query: str
    models: frozenset[str]
    gates: bool


@dataclass
class Model:
    """A model of the manifest; `sql` is what dbt compiled."""

    id: str
    name: str
    area: str
    relation: str
    sql: str
    parents: frozenset[str]
    unit_tests: list[UnitTest] = field(default_factory=list)

    @cached_property
    def statement(self) -> exp.Expression:
        return parsed(self.sql)

    @cached_property
    def rendering(self) -> Rendering:
        return Rendering(self.statement)

    def sql_with(self, mutation: Mutation) -> str:
        return self.rendering.mutated(mutation.path, mutation.edit)


class Project:
    """The models in the order of their build, and their tests.

    `target` is the folder that `dbt build` wrote for an empty warehouse, so that incremental models are compiled in full.
    """

    def __init__(self, target: Path) -> None:
        manifest = json.loads((target / "manifest.json").read_text())
        nodes = manifest["nodes"]
        self.models = {node["unique_id"]: model_of(node) for node in in_order(nodes)}
        self.data_tests = [data_test_of(node) for node in nodes.values() if node["resource_type"] == "test"]
        for unit_test in manifest["unit_tests"].values():
            self.read_unit_test(unit_test, target)

    def read_unit_test(self, unit_test: dict, target: Path) -> None:
        # dbt does not run the unit tests that are off, such as those of a source that is off.
        folder = target / "run" / unit_test["package_name"] / unit_test["original_file_path"]
        files = list(folder.rglob(f"{unit_test['name']}.sql"))
        if not files:
            return
        model = self.models[f"model.{unit_test['package_name']}.{unit_test['model']}"]
        model.unit_tests.append(UnitTest(unit_test["name"], files[0].read_text()))

    def downstream(self, model_id: str) -> list[Model]:
        """The models that read a model, directly or not, in the order of their build."""
        found = {model_id}
        return [one for one in self.models.values() if one.parents & found and not found.add(one.id)]


def tested_body(unit_test: exp.Expression) -> exp.Expression:
    """The model's SQL in a unit test."""
    tables = unit_test.find_all(exp.CTE)
    actual = next(table for table in tables if table.alias == "dbt_internal_unit_test_actual")
    return actual.this.find(exp.Subquery).this


def in_order(nodes: dict) -> list[dict]:
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    ordered: dict[str, dict] = {}

    def add(key: str) -> None:
        for parent in models[key]["depends_on"]["nodes"]:
            if parent in models and parent not in ordered:
                add(parent)
        ordered[key] = models[key]

    for key in sorted(models):
        if key not in ordered:
            add(key)
    return list(ordered.values())


def model_of(node: dict) -> Model:
    parents = frozenset(one for one in node["depends_on"]["nodes"] if one.startswith("model."))
    area = Path(node["original_file_path"]).parent.name
    return Model(node["unique_id"], node["name"], area, node["relation_name"], node["compiled_code"], parents)


def data_test_of(node: dict) -> DataTest:
    config = node["config"]
    gates = config["severity"].lower() == "error"
    condition = config["error_if"] if gates else config["warn_if"]
    query = f"select {config['fail_calc']} {condition} from ({node['compiled_code']}) as failures"
    models = frozenset(one for one in node["depends_on"]["nodes"] if one.startswith("model."))
    return DataTest(node["name"], query, models, gates)


@dataclass(frozen=True)
class Outcome:
    """How the tests met a mistake: `unit test`, `data test`, `build` (the SQL fails), `time` or `survived`.

    `by` names the test. `reached` says whether the rows of the model changed on the sample data.
    """

    result: str
    by: str = ""
    reached: bool = True


class Warehouse:
    """A copy in memory of the sources of a DuckDB file, with all models as tables. Each mistake is rolled back."""

    def __init__(self, file: Path, project: Project) -> None:
        self.project = project
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("set enable_progress_bar = false")
        self.copy_tables(file)
        self.sums = {}
        for model in project.models.values():
            self.build(model, model.sql)
            self.sums[model.id] = self.checksum(model)
        self.passing = [test for test in project.data_tests if not self.fails(test)]
        self.columns = {model.id: self.described(model.sql) for model in project.models.values()}

    def copy_tables(self, file: Path) -> None:
        run = self.connection.execute
        run(f"attach '{file}' as built (read_only)")
        run("attach ':memory:' as warehouse")
        for (schema,) in run("select distinct schema_name from duckdb_tables() where database_name = 'built'").fetchall():
            run(f'create schema if not exists warehouse."{schema}"')
        for model in self.project.models.values():
            run(f"create schema if not exists {model.relation.rpartition('.')[0]}")
        models = {model.relation for model in self.project.models.values()}
        tables = run("select schema_name, table_name from duckdb_tables() where database_name = 'built'").fetchall()
        for schema, table in tables:
            relation = f'"warehouse"."{schema}"."{table}"'
            if relation not in models:
                run(f'create table {relation} as from built."{schema}"."{table}"')
        views = run("select schema_name, view_name, sql from duckdb_views() where database_name = 'built' and not internal")
        for schema, view, _ in views.fetchall():
            relation = f'"warehouse"."{schema}"."{view}"'
            if relation not in models:
                run(f'create table {relation} as from built."{schema}"."{view}"')
        run("use warehouse")
        run("detach built")

    def build(self, model: Model, sql: str) -> None:
        self.connection.execute(f"create or replace table {model.relation} as {sql}")

    def checksum(self, model: Model) -> tuple:
        return self.connection.execute(f"select count(*), sum(hash(one)), bit_xor(hash(one)) from {model.relation} as one").fetchone()

    def fails(self, test: DataTest) -> bool:
        return bool(self.connection.execute(test.query).fetchone()[0])

    def described(self, sql: str) -> list[tuple]:
        return [(name, kind) for name, kind, *_ in self.connection.execute(f"describe {sql}").fetchall()]

    def is_valid(self, model: Model, mutation: Mutation) -> bool:
        """Whether DuckDB accepts the mistake; a swapped column must leave the types as they are."""
        _, _, before, after = mutation.key(model.statement)
        if before == after:
            return False
        try:
            columns = self.described(model.sql_with(mutation))
        except duckdb.Error:
            return False
        return mutation.kind != "column" or columns == self.columns[model.id]

    def outcome(self, model: Model, mutation: Mutation) -> Outcome:
        """How the tests meet a mistake in a model."""
        timer = threading.Timer(TIME_LIMIT_SECONDS, self.connection.interrupt)
        timer.start()
        self.connection.execute("begin")
        try:
            return self.unit_outcome(model, mutation) or self.data_outcome(model, mutation)
        except duckdb.InterruptException:
            return Outcome("time")
        except duckdb.Error as error:
            return Outcome("build", str(error).splitlines()[0])
        finally:
            timer.cancel()
            self.connection.execute("rollback")

    def unit_outcome(self, model: Model, mutation: Mutation) -> Outcome | None:
        for place, test in enumerate(model.unit_tests):
            sql = test.sql_with(mutation, model.statement)
            if sql is not None and not self.agrees(sql):
                # The next mistake is often near this one, and this test catches it too.
                model.unit_tests.insert(0, model.unit_tests.pop(place))
                return Outcome("unit test", test.name)
        return None

    def agrees(self, unit_test: str) -> bool:
        rows: dict[str, Counter] = {"actual": Counter(), "expected": Counter()}
        for *values, side in self.connection.execute(unit_test).fetchall():
            rows[side][tuple(values)] += 1
        return rows["actual"] == rows["expected"]

    def data_outcome(self, model: Model, mutation: Mutation) -> Outcome:
        self.build(model, model.sql_with(mutation))
        if self.checksum(model) == self.sums[model.id]:
            return Outcome("survived", reached=False)
        changed = {model.id}
        downstream = self.project.downstream(model.id)
        waiting = {one.id for one in downstream}
        for one in [model, *downstream]:
            if one is not model:
                waiting.discard(one.id)
                if not one.parents & changed:
                    continue
                self.build(one, one.sql)
                if self.checksum(one) == self.sums[one.id]:
                    continue
                changed.add(one.id)
            for test in self.passing:
                if test.gates and one.id in test.models and not test.models & waiting and self.fails(test):
                    return Outcome("data test", test.name)
        # Tests of several models, whose last model did not change.
        for test in self.passing:
            if test.gates and len(test.models) > 1 and test.models & changed and self.fails(test):
                return Outcome("data test", test.name)
        return Outcome("survived")
