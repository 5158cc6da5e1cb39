"""The program dbt as tests run it: faster to start, because a server that has loaded dbt forks for each command.

usage: dbt_client.py SERVER_FOLDER ARGUMENT...; the first client starts the server
"""

import fcntl
import json
import os
import socket
import subprocess
import sys


def main(folder: str, *arguments: str) -> int:
    request = {"arguments": arguments, "folder": os.getcwd(), "env": dict(os.environ)}
    with connection(folder) as server:
        socket.send_fds(server, [json.dumps(request).encode() + b"\n"], [0, 1, 2])
        answer = server.makefile().readline()
    if not answer:
        sys.exit("dbt ended without an exit code")
    return int(answer)


def connection(folder: str) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    path = os.path.join(folder, "socket")
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            start_server(folder)
    client.connect(path)
    return client


def start_server(folder: str) -> None:
    program = os.path.join(os.path.dirname(__file__), "dbt_server.py")
    python = os.path.join(os.path.dirname(__file__), "../../.venv/bin/python")
    with open(os.path.join(folder, "log"), "w") as log:
        server = subprocess.Popen(
            [python, program, folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    if server.stdout.readline() != b"listening\n":
        sys.exit(f"the dbt server did not start: see {log.name}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
