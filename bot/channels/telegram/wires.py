"""Keep-alive connections for small POSTs to one server: what a chat bot does all day.

A general HTTP client takes several times as long for each of them.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi
from aiohappyeyeballs import start_connection

NEXT_ADDRESS_AFTER = 0.25  # seconds; RFC 8305
IDLE = 15.0  # seconds after which a connection is not used again: the server may be closing it
LARGEST = 1024 * 1024  # bytes of an answer

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection:[^\r]*\bclose\b", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ncontent-encoding:", re.IGNORECASE)


class Unreachable(Exception):
    """There is no connection, so nothing was sent."""


class Broken(Exception):
    """The connection ended, or made no sense, before there was an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes


class Wires:
    """The connections to one server, "http://host:port" or "https://host"."""

    def __init__(self, server: str, most: int = 100) -> None:
        """`most`: POSTs under way; further ones wait for a free connection."""
        self._server = server
        self._room = asyncio.Semaphore(most)
        self._free: list[_Wire] = []
        self._heads: dict[str, bytes] = {}  # by path

    async def post(self, path: str, body: bytes, within: float, connect_within: float) -> Answer:
        """POST JSON and give the answer, whatever it is, in so many seconds.

        Raises Unreachable; or, when it may have been sent, Broken or TimeoutError.
        """
        request = self._head(path) + b"%d\r\n\r\n" % len(body) + body
        async with self._room:
            wire = self._kept() or await self._connected(connect_within)
            try:
                answer = await wire.ask(request, within)
            except BaseException:
                wire.close()
                raise
            if wire.is_open:
                self._free.append(wire)
            return answer

    def close(self) -> None:
        """Close what is free; a POST under way closes its own connection."""
        while self._free:
            self._free.pop().close()

    def _kept(self) -> _Wire | None:
        """A connection that can be used again."""
        newest = time.monotonic() - IDLE
        while self._free:
            wire = self._free.pop()
            if wire.is_open and wire.used_at >= newest:
                return wire
            wire.close()
        return None

    async def _connected(self, within: float) -> _Wire:
        try:
            async with asyncio.timeout(within):
                return await self._connect()
        except (OSError, ValueError) as error:  # a time-out is an OSError
            name = type(error).__name__
        # Not raised above: the error would be its context.
        raise Unreachable(name)

    async def _connect(self) -> _Wire:
        url, loop = urlsplit(self._server), asyncio.get_running_loop()
        if not url.hostname or url.scheme not in ("http", "https"):
            raise ValueError("no server's address")
        is_secret = url.scheme == "https"
        port = url.port or (443 if is_secret else 80)
        found = await loop.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)
        sock = await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_AFTER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls: dict[str, Any] = {"ssl": _tls(), "server_hostname": url.hostname} if is_secret else {}
        _, wire = await loop.create_connection(_Wire, sock=sock, **tls)
        return wire

    def _head(self, path: str) -> bytes:
        """The request up to the length of its body."""
        head = self._heads.get(path)
        if head is None:
            text = (
                f"POST {path} HTTP/1.1\r\nHost: {urlsplit(self._server).netloc}\r\n"
                "User-Agent: hotline\r\nAccept: application/json\r\n"
                "Content-Type: application/json\r\nContent-Length: "
            )
            head = self._heads[path] = text.encode("ascii")
        return head


class _Wire(asyncio.Protocol):
    """One connection, one POST at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self.used_at = 0.0
        self._got = b""
        self._asked: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes, within: float) -> Answer:
        loop = asyncio.get_running_loop()
        self._asked = loop.create_future()
        self._got = b""
        self._transport.write(request)
        late = loop.call_later(within, self._give_up)
        try:
            return await self._asked
        finally:
            late.cancel()
            self._asked, self.used_at = None, time.monotonic()

    def _give_up(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(TimeoutError())

    def close(self) -> None:
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:  # uvloop's is no asyncio.Transport
        self._transport = transport
        self.is_open = True

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(Broken("ServerDisconnectedError"))

    def data_received(self, data: bytes) -> None:
        if self._asked is None or self._asked.done():
            return self.close()  # nobody asked: what follows cannot be told from an answer
        self._got += data
        try:
            answer = self._answer()
        except Broken as error:
            self.close()
            self._asked.set_exception(error)
        else:
            if answer is not None:
                self._asked.set_result(answer)
        return None

    def _answer(self) -> Answer | None:
        """The answer, if all of it is there. Raises Broken when it can be none."""
        got = self._got
        if len(got) > LARGEST:
            raise Broken("too large")
        end = got.find(b"\r\n\r\n") + 2
        if end < 2:
            return None
        status = _STATUS.match(got)
        if status is None or _CODED.search(got, 0, end):
            raise Broken("no HTTP")
        body = _body(got, end)
        if body is None:
            return None
        if _CLOSES.search(got, 0, end):
            self.close()
        return Answer(int(status[1]), body)


def _body(got: bytes, end: int) -> bytes | None:
    """The body of an answer whose head ends at `end`, if all of it is there."""
    start = end + 2
    if _CHUNKED.search(got, 0, end):
        return _joined(got, start)
    length = _LENGTH.search(got, 0, end)
    if length is None:
        raise Broken("an answer without a length")
    whole = start + int(length[1])
    if len(got) > whole:
        raise Broken("more than an answer")
    return got[start:] if len(got) == whole else None


def _joined(got: bytes, at: int) -> bytes | None:
    """The chunks from `at` on, if all of them are there."""
    chunks: list[bytes] = []
    while (end := got.find(b"\r\n", at)) >= 0:
        try:
            size = int(got[at:end].partition(b";")[0], 16)
        except ValueError:
            raise Broken("chunks that are none") from None
        chunk = got[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
        if size == 0:
            return b"".join(chunks) if got.endswith(b"\r\n\r\n") else None
        if len(got) < at:
            return None
        chunks.append(chunk)
    return None


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())
