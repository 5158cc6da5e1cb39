"""Runs the commands of dbt_client.py, each in a fork of this process, which has loaded dbt and parsed the project once.

usage: dbt_server.py FOLDER, in the folder of the dbt project; it prints a line when it listens on FOLDER/socket, keeps parsed
projects in FOLDER, and ends when FOLDER is removed or nobody has sent a command for an hour
"""

import atexit
import gc
import hashlib
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from dbt.cli.main import cli
from quick_dbt import make_dbt_quick

SECONDS_BETWEEN_LOOKS = 2
# Nobody removes FOLDER when the test run is killed.
SECONDS_WITHOUT_COMMAND = 3600
# The file in which dbt keeps a parsed project, and the variables that say where dbt writes.
PARSED_PROJECT = "partial_parse.msgpack"
PLACES = {"DBT_TARGET_PATH", "DBT_LOG_PATH", "MARKETING_DUCKDB_PATH"}


def serve(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        server.listen()
        server.settimeout(SECONDS_BETWEEN_LOOKS)
        print("listening", flush=True)
        used = time.monotonic()
        while folder.exists() and time.monotonic() - used < SECONDS_WITHOUT_COMMAND:
            try:
                client, _ = server.accept()
            except TimeoutError:
                continue
            used = time.monotonic()
            with client:
                if os.fork() == 0:
                    run(client, folder)


def run(client: socket.socket, folder: Path) -> None:
    """Runs the command of a client with its files, folder and environment, sends the exit code, and ends this process."""
    client.setblocking(True)
    request, files, _, _ = socket.recv_fds(client, 2**20, 3)
    while not request.endswith(b"\n"):
        request += client.recv(2**20)
    command = json.loads(request)
    for number, file in enumerate(files):
        os.dup2(file, number)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["env"])
    time.tzset()
    code = run_dbt(command["arguments"], folder)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    client.sendall(f"{code}\n".encode())
    # The destructors of C++ libraries do not expect a fork.
    os._exit(0)


def exit_code(arguments: list[str]) -> int:
    sys.argv = ["dbt", *arguments]
    try:
        cli()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def run_dbt(arguments: list[str], folder: Path) -> int:
    """Runs dbt; it finds the project that an earlier command with the same variables has parsed."""
    target = Path(option("--target-path", arguments) or os.environ["DBT_TARGET_PATH"])
    env = sorted((name, value) for name, value in os.environ.items() if name not in PLACES)
    project = digest(os.getcwd(), option("--vars", arguments), option("--target", arguments))
    kept = folder / f"{project}-{digest(env)}.msgpack"
    # After a change of other variables, dbt parses only the files that read them.
    found = kept if kept.exists() else next(folder.glob(f"{project}-*.msgpack"), None)
    parsed = target / PARSED_PROJECT
    if found:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy2(found, parsed)
    code = exit_code(arguments)
    if parsed.exists() and not (kept.exists() and kept.stat().st_mtime_ns == parsed.stat().st_mtime_ns):
        own = kept.with_suffix(f".{os.getpid()}")  # another fork may keep the same project
        shutil.copy2(parsed, own)
        own.replace(kept)
    return code


def digest(*values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def option(name: str, arguments: list[str]) -> str | None:
    return arguments[arguments.index(name) + 1] if name in arguments else None


def prepare(folder: Path) -> None:
    make_dbt_quick()
    # dbt makes code and schemas for its classes while it parses the first project. Every fork then has them. The static parser
    # starts threads, and a fork has none of the threads of its parent.
    run_dbt(["--quiet", "parse", "--no-static-parser", "--target-path", str(folder / "target")], folder)
    gc.freeze()
    # The system removes the children that have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def main(folder: Path) -> None:
    prepare(folder)
    serve(folder)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
