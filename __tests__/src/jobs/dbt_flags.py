"""Prints the commands and flags of the installed dbt as JSON: {command: {"words": N, "flags": {flag: arity}}}.

The arity is what src/jobs/dbt-commands.ts calls it: "switch", "one" or "many". Flags that dbt's help hides are listed too.
"""

import json

import click
from dbt.cli.main import cli
from dbt.cli.options import MultiOption


def commands_of(group, prefix=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def arity_of(option):
    if option.is_flag:
        return "switch"
    return "many" if isinstance(option, MultiOption) else "one"


def described(params):
    flags = {}
    for option in params:
        if isinstance(option, click.Option):
            flags |= {flag: arity_of(option) for flag in (*option.opts, *option.secondary_opts)}
    return {"words": sum(isinstance(param, click.Argument) for param in params), "flags": flags}


print(json.dumps({"": described(cli.params)} | {name: described(command.params) for name, command in commands_of(cli)}))
