"""Stands between a client of Redshift and a PostgreSQL server on loopback: PostgreSQL looks like Redshift through it.

usage: proxy.py POSTGRES_PORT [LOG]; the first line it prints is its own port, and it ends with its standard input
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
READY, PARAMETER, PARSE, QUERY = b"Z", b"S", b"P", b"Q"
# What PostgreSQL knows of a Redshift driver's startup.
STARTUP = ("user", "database", "application_name")
VERSION = "8.0.2"


@lru_cache(maxsize=None)
def answer_to(sql: str) -> str:
    """What PostgreSQL gets: the statement in its words, or one that it cannot parse, so that the transaction fails."""
    reasons = refusals(sql)
    if reasons:
        text = "; ".join(reasons).replace('"', "'")
        return f'"Redshift would refuse this: {text}"'
    return rewritten(sql)


class Proxy:
    """Counts and writes down the statements that came through."""

    def __init__(self, server_port: int, log: Path | None) -> None:
        self.server_port = server_port
        self.log = log.open("a") if log else None

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        server, requests = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            await self.start_up(client, answers, requests)
            await asyncio.gather(self.to_server(client, requests), self.to_client(server, answers))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one side has hung up, and so does the other
        finally:
            requests.close()
            answers.close()

    async def start_up(self, client, answers, requests) -> None:
        """Without TLS, and without the parameters that only Redshift knows."""
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
            requests.write(struct.pack("!ii", len(body) + 8, code) + body)
            return

    async def to_server(self, client, requests) -> None:
        while True:
            kind, body = await message(client)
            if kind == PARSE:
                statement, sql, rest = body.split(b"\0", 2)
                body = b"\0".join([statement, self.changed(sql.decode()), rest])
            elif kind == QUERY:
                body = self.changed(body[:-1].decode()) + b"\0"
            requests.write(kind + struct.pack("!i", len(body) + 4) + body)
            await requests.drain()

    async def to_client(self, server, answers) -> None:
        kind = b""
        while kind != READY:
            kind, body = await message(server)
            if kind == PARAMETER and body.startswith(b"server_version\0"):
                body = b"server_version\0" + VERSION.encode() + b"\0"
            answers.write(kind + struct.pack("!i", len(body) + 4) + body)
        while data := await server.read(65536):
            answers.write(data)
            await answers.drain()
        answers.close()

    def changed(self, sql: str) -> bytes:
        try:
            answer = answer_to(sql)
        except Exception as error:  # a fault of the stand-in is the test's to see
            answer = f'"the stand-in failed: {error!r}"'.replace('"', "'")
        if self.log:
            self.log.write(json.dumps({"sql": sql, "postgres": answer}) + "\n")
            self.log.flush()
        return answer.encode()


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


async def main(server_port: str, log: str | None = None) -> None:
    proxy = Proxy(int(server_port), Path(log) if log else None)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    # Whoever started this holds standard input; its end is ours.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
