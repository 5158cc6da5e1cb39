"""Stands between a client of Redshift and a PostgreSQL server on loopback: PostgreSQL looks like Redshift through it.

usage: proxy.py POSTGRES_PORT [LOG]; the first line it prints is its own port, and it ends with its standard input

dbt opens a connection for each node, and a new process of PostgreSQL reads the catalog again. So the proxy keeps the connections
that clients leave. The next client gets one of them, with nothing of the client before.
"""

import asyncio
import json
import struct
import sys
from functools import lru_cache
from pathlib import Path

from rewrite import rewritten
from rules import refusals

SSL_REQUEST, PROTOCOL_3 = 80877103, 196608
READY, ERROR, PARAMETER, PARSE, QUERY, TERMINATE = b"Z", b"E", b"S", b"P", b"Q", b"X"
# The end of the answer to RESET.
DISCARDED, IDLE = b"DISCARD ALL\0", b"Z\0\0\0\5I"
RESET = ("rollback", "discard all")
# What PostgreSQL knows of a Redshift driver's startup.
STARTUP = ("user", "database", "application_name")
VERSION = "8.0.2"
CHUNK = 65536


@lru_cache(maxsize=None)
def answer_to(sql: str) -> str:
    """What PostgreSQL gets: the statement in its words, or one that it cannot parse, so that the transaction fails."""
    reasons = refusals(sql)
    if reasons:
        text = "; ".join(reasons).replace('"', "'")
        return f'"Redshift would refuse this: {text}"'
    return rewritten(sql)


class Server:
    """A connection to PostgreSQL."""

    def __init__(self, reader: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.requests = requests
        self.greeting = b""

    @classmethod
    async def connected(cls, port: int, startup: bytes) -> "Server":
        server = cls(*await asyncio.open_connection("127.0.0.1", port))
        server.requests.write(startup)
        kind = b""
        while kind not in (READY, ERROR):
            kind = await server.reader.readexactly(1)
            length = await server.reader.readexactly(4)
            body = await server.reader.readexactly(int.from_bytes(length) - 4)
            if kind == PARAMETER and body.startswith(b"server_version\0"):
                body = b"server_version\0" + VERSION.encode() + b"\0"
            server.greeting += message(kind, body)
        return server

    async def answer(self, answers: asyncio.StreamWriter) -> None:
        """Hands on what PostgreSQL answers, until it hangs up."""
        while data := await self.reader.read(CHUNK):
            answers.write(data)
            await answers.drain()
        answers.close()

    async def reset(self) -> None:
        """Ends the transaction, and drops everything that belongs to the session."""
        self.requests.write(b"".join(message(QUERY, sql.encode() + b"\0") for sql in RESET))
        answer = b""
        while not (DISCARDED in answer and answer.endswith(IDLE)):
            answer += await received(self.reader)


class Proxy:
    """Counts and writes down the statements that came through."""

    def __init__(self, server_port: int, log: Path | None) -> None:
        self.server_port = server_port
        self.log = log.open("a") if log else None
        self.left: dict[bytes, list[Server]] = {}

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        server = None
        try:
            startup = await start_up(client, answers)
            left = self.left.setdefault(startup, [])
            server = left.pop() if left else await Server.connected(self.server_port, startup)
            answers.write(server.greeting)
            answering = asyncio.create_task(server.answer(answers))
            try:
                await self.ask(client, server.requests)
            finally:
                answering.cancel()
                await asyncio.wait([answering])
            await server.reset()
            left.append(server)
            server = None
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one side has hung up, and so does the other
        finally:
            if server:
                server.requests.close()
            answers.close()

    async def ask(self, client: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        """Hands on what the client asks, until it says that it leaves."""
        asked = b""
        while True:
            asked += await received(client)
            place = 0
            while place + 5 <= len(asked) and (end := place + 1 + int.from_bytes(asked[place + 1 : place + 5])) <= len(asked):
                kind, body = asked[place : place + 1], asked[place + 5 : end]
                if kind == TERMINATE:
                    return
                requests.write(self.changed(kind, body))
                place = end
            asked = asked[place:]
            await requests.drain()

    def changed(self, kind: bytes, body: bytes) -> bytes:
        """A message of the client as PostgreSQL gets it."""
        if kind == PARSE:
            statement, sql, rest = body.split(b"\0", 2)
            body = b"\0".join([statement, self.for_postgres(sql.decode()), rest])
        elif kind == QUERY:
            body = self.for_postgres(body[:-1].decode()) + b"\0"
        return message(kind, body)

    def for_postgres(self, sql: str) -> bytes:
        try:
            answer = answer_to(sql)
        except Exception as error:  # a fault of the stand-in is the test's to see
            answer = f'"the stand-in failed: {error!r}"'.replace('"', "'")
        if self.log:
            self.log.write(json.dumps({"sql": sql, "postgres": answer}) + "\n")
            self.log.flush()
        return answer.encode()


async def start_up(client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> bytes:
    """The first message of a client, without TLS, and without the parameters that only Redshift knows."""
    while True:
        length, code = struct.unpack("!ii", await client.readexactly(8))
        body = await client.readexactly(length - 8)
        if code == SSL_REQUEST:
            answers.write(b"N")
            continue
        if code == PROTOCOL_3:
            parts = body.split(b"\0")
            pairs = [(key, value) for key, value in zip(parts[::2], parts[1::2], strict=False) if key.decode() in STARTUP]
            body = b"".join(key + b"\0" + value + b"\0" for key, value in pairs) + b"\0"
        return struct.pack("!ii", len(body) + 8, code) + body


async def received(reader: asyncio.StreamReader) -> bytes:
    data = await reader.read(CHUNK)
    if not data:
        raise ConnectionError("the other side has hung up")
    return data


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


async def main(server_port: str, log: str | None = None) -> None:
    proxy = Proxy(int(server_port), Path(log) if log else None)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    # Whoever started this holds standard input; its end is ours.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
