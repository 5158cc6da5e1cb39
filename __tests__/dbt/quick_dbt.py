"""Takes work away from dbt that no command of a test needs. What dbt builds, prints and writes stays the same."""

import functools
import gc

import redshift_connector
import sqlparse
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.tests import enable_test_caching
from jinja2 import Environment
from sqlparse.engine import grouping
from sqlparse.sql import Statement

# A parsed project has millions of objects that live as long as the command. With Python's own limit, 700, a fifth of the time
# goes into looking for garbage among them.
NEW_OBJECTS_BEFORE_COLLECTION = 200_000


def make_dbt_quick() -> None:
    gc.set_threshold(NEW_OBJECTS_BEFORE_COLLECTION)
    # Without a name, redshift_connector looks for the module that connects in all source files, a quarter of a build's time.
    redshift_connector.connect = functools.partial(redshift_connector.connect, application_name="dbt")
    # The same project is parsed alike for all DuckDB files, but dbt parses it again when the path of the file changes.
    keys = tuple(key for key in DuckDBCredentials._connection_keys(None) if key != "path")
    DuckDBCredentials._connection_keys = lambda self: keys
    remember_parsed_parts()
    split_where_needed()
    group_parentheses_only()
    make_read_events_only()


def remember_parsed_parts() -> None:
    """dbt parses the whole project again for other `--vars`. Its templates and most of its settings are the same."""
    enable_test_caching()
    codes: dict[tuple[object, ...], object] = {}
    valid: set[tuple[type, str]] = set()
    compile_template, validate = Environment.compile, dbtClassMixin.validate.__func__

    def compile_once(environment: Environment, source: object, *options: object, **more: object) -> object:
        if not isinstance(source, str):
            return compile_template(environment, source, *options, **more)
        key = type(environment), source, options, *sorted(more.items())
        if key not in codes:
            codes[key] = compile_template(environment, source, *options, **more)
        return codes[key]

    def validate_once(cls: type[dbtClassMixin], data: object) -> None:
        key = cls, repr(data)
        if key not in valid:
            validate(cls, data)
            valid.add(key)

    Environment.compile, dbtClassMixin.validate = compile_once, classmethod(validate_once)


def split_where_needed() -> None:
    """dbt-redshift splits each text into statements, a quarter of a build's time. Without a semicolon it is one statement."""
    split = sqlparse.split
    sqlparse.split = lambda sql: split(sql) if ";" in sql.rstrip()[:-1] else [sql.strip()]


def group_parentheses_only() -> None:
    """dbt parses the query of a unit test to find the `with` outside of parentheses. Other groups of words do not matter."""

    def group(statement: Statement) -> Statement:
        grouping.group_parenthesis(statement)
        return statement

    grouping.group = group


def make_read_events_only() -> None:
    """dbt makes two messages of each event, a sixth of a build's time. Most are for debugging, which no logger asks for."""
    make, get, fire = BaseEvent.__init__, BaseEvent.__getattr__, EventManager.fire_event

    def keep(event: BaseEvent, *args: object, **kwargs: object) -> None:
        event.__dict__["made_of"] = args, kwargs

    def get_made(event: BaseEvent, key: str) -> object:
        args, kwargs = event.__dict__.pop("made_of", (None, None))
        if args is not None:
            make(event, *args, **kwargs)
        return getattr(event, key) if key in event.__dict__ else get(event, key)

    def fire_if_read(manager: EventManager, event: BaseEvent, level: EventLevel | None = None, *rest, **options) -> None:
        is_read = (level or event.level_tag()) not in (EventLevel.DEBUG, EventLevel.TEST)
        if is_read or any(logger.level in (EventLevel.DEBUG, EventLevel.TEST) for logger in manager.loggers):
            fire(manager, event, level, *rest, **options)

    BaseEvent.__init__, BaseEvent.__getattr__, EventManager.fire_event = keep, get_made, fire_if_read
