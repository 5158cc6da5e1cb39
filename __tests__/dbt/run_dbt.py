"""Runs dbt commands one after the other in one process, which saves most of the time that dbt needs to start.

usage: run_dbt.py COMMANDS, a JSON list with a list of arguments for each; after each a line says how it ended
"""

import json
import sys

from dbt.cli.main import dbtRunner


def exit_code(arguments: list[str]) -> int:
    """As of the program dbt: 0, 1 when a model or a test failed, 2 when dbt could not go on."""
    result = dbtRunner().invoke(arguments)
    if result.exception is not None:
        print(result.exception)
        return 2
    return 0 if result.success else 1


if __name__ == "__main__":
    for command in json.loads(sys.argv[1]):
        print(f"\n--- exit code {exit_code(command)}", flush=True)
