"""Copies a sample of a target's source tables into a DuckDB file: all rows of a share of the customers, and the tables without people.

usage: sample.py TARGET PERCENT NEW_FILE, in the folder of the dbt project

A customer is in the sample or not by a hash of the id, so that each sample of the same percentage has the same customers. Columns with
`meta: {pii: true}` are replaced inside the target.
"""

import csv
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from dbt_target import connection_with, credentials_of  # noqa: E402

SCHEMA = "dbt_production"
BATCH = 50_000
NULL = "\\N"
REPLACEMENT = "(personal data)"
# Of a table with rows of people: the value that all rows of a person share, and the table with this value if it is not in the row.
PEOPLE = {
    "customers": ("id", None),
    "orders": ("user_id", None),
    "payments": ("order_id", "orders"),
    "consent": ("customer_id", None),
    "touchpoints": ("coalesce(cast(customer_id as varchar(200)), anonymous_id)", None),
    "automation_enrolments": ("customer_id", None),
    "automation_events": ("enrolment_id", "automation_enrolments"),
    "mailchimp_activity": ("coalesce(cast(customer_id as varchar(200)), recipient_id)", None),
    "sendgrid_events": ("coalesce(cast(customer_id as varchar(200)), recipient_id)", None),
}
# The keys of the tables that others refer to.
KEYS = {"orders": "id", "automation_enrolments": "enrolment_id"}
# The tables of platforms, plans and settings. `customer_id` of a Google table is an account.
WITHOUT_PEOPLE = {
    "ad_spend",
    "automation_steps",
    "budgets",
    "clv_model_parameters",
    "google_ads_campaign_stats",
    "google_analytics_sessions",
    "google_details",
    "google_keywords",
    "linkedin_ads_analytics",
    "linkedin_campaign_groups",
    "linkedin_campaigns",
    "linkedin_detail_creatives",
    "linkedin_details",
    "mailchimp_campaigns",
    "meta_ads_insights",
    "meta_details",
    "meta_details_action_values",
    "meta_details_actions",
    "sendgrid_single_sends",
    "targets",
}
TYPES = {"super": "varchar", "json": "varchar", "jsonb": "varchar"}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sources_of(target: str) -> list:
    """The source tables of the project beside the customers, as dbt describes them for the target."""
    from dbt.cli.main import dbtRunner

    parsed = dbtRunner().invoke(["--quiet", "parse", "--target", target])
    if not parsed.success:
        raise SystemExit(f"dbt cannot parse the project for the target {target}")
    found = parsed.result.sources.values()
    # The tables of the project's own log are in other schemas.
    [schema] = {source.schema for source in found if source.name == "customers"}
    return sorted((source for source in found if source.schema == schema), key=lambda source: source.name)


def connection_to(target: str):
    """A connection to a target. Raises SystemExit when the target is neither PostgreSQL nor Redshift."""
    credentials = credentials_of(target)
    if credentials.type not in ("postgres", "redshift"):
        raise SystemExit(f"the target {target} is of type {credentials.type}; a sample is taken from postgres or redshift")
    return connection_with(credentials)


def columns_of(cursor, source) -> list[tuple[str, str]]:
    """The columns of a table with their types in DuckDB; none if there is no such table."""
    cursor.execute(
        "select column_name, data_type, numeric_precision, numeric_scale from information_schema.columns"
        " where table_schema = %s and table_name = %s order by ordinal_position",
        (source.schema, source.identifier),
    )
    return [(name, type_of(*kind)) for name, *kind in cursor.fetchall()]


def type_of(name: str, precision: int | None, scale: int | None) -> str:
    if name == "numeric":
        return f"decimal({precision or 38}, {9 if scale is None else scale})"
    return TYPES.get(name, name)


def condition(table: str, percent: int, relations: dict[str, str]) -> str:
    """SQL for: the row is in the sample."""
    if table in WITHOUT_PEOPLE or percent == 100:
        return "true"
    value, parent = PEOPLE[table]
    if parent:
        return f"{value} in (select {KEYS[parent]} from {relations[parent]} where {condition(parent, percent, relations)})"
    return f"substring(md5(cast({value} as varchar(200))), 1, 4) < '{65536 * percent // 100:04x}'"


def copy_table(cursor, duck, source, where: str, folder: str) -> int:
    """Copies the rows of a table, and returns their number."""
    columns = columns_of(cursor, source)
    hidden = {column.name for column in source.columns.values() if column.config.meta.get("pii")}
    listed = [f"case when {quoted(n)} is not null then '{REPLACEMENT}' end" if n in hidden else quoted(n) for n, _ in columns]
    cursor.execute(f"select {', '.join(listed)} from {quoted(source.schema)}.{quoted(source.identifier)} where {where}")
    file = Path(folder, f"{source.identifier}.csv")
    with file.open("w", newline="") as text:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        while rows := cursor.fetchmany(BATCH):
            writer.writerows([NULL if value is None else value for value in row] for row in rows)
    types = {name: "varchar" if name in hidden else kind for name, kind in columns}
    relation = f"{SCHEMA}.{quoted(source.identifier)}"
    duck.execute(f"create table {relation} ({', '.join(f'{quoted(name)} {kind}' for name, kind in types.items())})")
    # An empty text is not a missing one.
    duck.execute(f"copy {relation} from '{file}' (format csv, header false, nullstr '{NULL}', allow_quoted_nulls true)")
    return duck.execute(f"select count(*) from {relation}").fetchone()[0]


def main(target: str, percent: str, new_file: str) -> None:
    sources = sources_of(target)
    unknown = [source.name for source in sources if source.name not in {*PEOPLE, *WITHOUT_PEOPLE}]
    if unknown:
        raise SystemExit(f"src/data-diff/sample.py does not say whether there are people in {', '.join(unknown)}; add the tables")
    relations = {source.name: f"{quoted(source.schema)}.{quoted(source.identifier)}" for source in sources}
    Path(new_file).unlink(missing_ok=True)
    with duckdb.connect(new_file) as duck, tempfile.TemporaryDirectory() as folder:
        duck.execute(f"create schema {SCHEMA}")
        connection = connection_to(target)
        cursor = connection.cursor()
        for source in sources:
            if columns_of(cursor, source):
                count = copy_table(cursor, duck, source, condition(source.name, int(percent), relations), folder)
                print(f"{source.name}: {count} rows", file=sys.stderr)
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
