"""Runs commands of `mf`, MetricFlow's program, in one process, which saves most of the time that it needs to start.

usage: query_metrics.py PROJECT COMMANDS RESULTS

PROJECT is a folder with dbt_project.yml, profiles.yml and target/semantic_manifest.json. COMMANDS is a JSON list of lists of
arguments. The file RESULTS gets a JSON list with an object for each command: its exit `code`, its `output`, and for `query` the
`rows`, as objects whose values are text or null.
"""

import contextlib
import csv
import io
import json
import sys
import tempfile
from pathlib import Path

import click
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from dbt_metricflow.cli.main import cli


def run(configuration: CLIConfiguration, arguments: list[str], table: Path) -> dict[str, object]:
    name, *options = arguments
    table.unlink(missing_ok=True)
    if name == "query":
        options += ["--quiet", "--csv", str(table)]
    code = 0
    with contextlib.redirect_stdout(io.StringIO()) as output:
        try:
            # The command itself, because the program would first ask PyPI for a newer version.
            cli.commands[name].main(options, obj=configuration, standalone_mode=False)
        except SystemExit as ended:
            code = ended.code
        except click.ClickException as error:
            code = error.exit_code
            print(error.format_message())
    rows = []
    if table.exists():
        with open(table, newline="") as file:
            rows = [{column: value or None for column, value in row.items()} for row in csv.DictReader(file)]
    return {"code": code, "output": output.getvalue(), "rows": rows}


if __name__ == "__main__":
    project, commands, results = Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
    configuration = CLIConfiguration()
    configuration.setup(dbt_profiles_path=project, dbt_project_path=project, configure_file_logging=False)
    with tempfile.TemporaryDirectory() as folder:
        ran = [run(configuration, command, Path(folder) / "rows.csv") for command in commands]
    results.write_text(json.dumps(ran))
