"""A connection to the warehouse of a dbt target, through the driver of the target's adapter."""

import argparse
import os


def credentials_of(target: str | None, project: str = "."):
    """The credentials of a target of the profile; None is its default target. Raises dbt's own exceptions for an unknown target."""
    from dbt.config.runtime import load_profile
    from dbt.flags import set_from_args
    from dbt_common.context import set_invocation_context

    set_invocation_context(os.environ)
    set_from_args(argparse.Namespace(profiles_dir=os.environ.get("DBT_PROFILES_DIR", project), target=target), None)
    return load_profile(project, {}, target_override=target).credentials


def connection_with(credentials, read_only: bool = False):
    """A connection to DuckDB, PostgreSQL or Redshift.

    A DuckDB file that is open to write is locked: no other program can read it. `read_only` opens it without this lock.
    """
    if credentials.type == "duckdb":
        import duckdb

        return duckdb.connect(credentials.path, read_only=read_only)
    if credentials.type == "postgres":
        import psycopg2

        return psycopg2.connect(
            host=credentials.host,
            port=credentials.port,
            user=credentials.user,
            password=credentials.password,
            dbname=credentials.database,
            sslmode=credentials.sslmode or "prefer",
        )
    from dbt.adapters.redshift.connections import get_connection_method

    return get_connection_method(credentials)()
