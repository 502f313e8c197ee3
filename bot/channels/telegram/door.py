"""The short way in: a webhook POST that comes whole and as Telegram sends it is answered on the
bare connection. Whatever else comes, and all that comes after it on that connection, is aiohttp's.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 128 * 1024  # bytes; Telegram itself drops updates above 64 KiB
COME_AGAIN = "2"  # seconds, Retry-After; Telegram keeps to it
MOST_AHEAD = 2 * LARGEST  # bytes that may come while a request is being taken

ProtocolFactory = Callable[[], asyncio.Protocol]

log = structlog.get_logger()

_SECRET = SECRET_HEADER.lower().encode()
# Headers that change how the request is to be read: aiohttp knows how.
_SPECIAL = frozenset((b"transfer-encoding", b"expect", b"upgrade", b"content-encoding"))
_ANSWERS = {
    200: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    500: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    503: b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
    % COME_AGAIN.encode(),
}


class Door:
    """Makes the protocols of the connections that a server accepts."""

    def __init__(
        self,
        path: str,
        secret: bytes,
        take: Callable[[bytes], Awaitable[int]],
        other: ProtocolFactory,
    ) -> None:
        """`take` answers a body with a status, 200 or 503; `other` makes aiohttp's protocols."""
        target = re.escape(path.encode()) + rb"(?:\?[!-~]*)?"
        self._line = re.compile(rb"POST " + target + rb" HTTP/1\.1\r\n")
        self._secret = secret
        self.take = take
        self.other = other
        self.open: set[Connection] = set()

    def __call__(self) -> asyncio.Protocol:
        """The protocol of one connection."""
        return Connection(self)

    async def close(self) -> None:
        """Answer what is being taken, and close the connections that are not aiohttp's."""
        taking = [it.taking for it in self.open if it.taking is not None]
        await asyncio.gather(*taking, return_exceptions=True)
        for connection in list(self.open):
            connection.close()

    def body(self, got: bytes) -> bytes | None:
        """The body of the request `got`, if it is one whole POST of Telegram's and no more."""
        end = got.find(b"\r\n\r\n")
        line = self._line.match(got)
        if end < 0 or line is None:
            return None
        fields = _fields(got[line.end() : end])
        length = fields.get(b"content-length", b"")
        if not hmac.compare_digest(fields.get(_SECRET, b""), self._secret):
            return None
        if len(length) > 7 or not length.isdigit() or int(length) > LARGEST:
            return None
        body = got[end + 4 :]
        return body if len(body) == int(length) else None


class Connection(asyncio.Protocol):
    """One connection, until it is given to aiohttp."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._got = b""
        self.taking: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:  # uvloop's is no asyncio.Transport
        """Begin."""
        self._transport = transport
        self._door.open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """End; what is being taken is taken nevertheless."""
        self._door.open.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take a whole request; anything else goes on at aiohttp's."""
        self._got = self._got + data if self._got else data
        if self.taking is None:
            self._go_on()
        elif len(self._got) > MOST_AHEAD:
            self._transport.abort()

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def _go_on(self) -> None:
        got, self._got = self._got, b""
        body = self._door.body(got)
        if body is None:
            self._leave_to_other(got)
        else:
            self.taking = asyncio.get_running_loop().create_task(self._take(body))

    async def _take(self, body: bytes) -> None:
        try:
            status = await self._door.take(body)
        except Exception as error:  # the socket's boundary: Telegram comes again
            log.error("webhook.failed", error=type(error).__name__)
            status = 500
        finally:
            self.taking = None
        if not self._transport.is_closing():
            self._transport.write(_ANSWERS[status])
            if self._got:
                self._go_on()

    def _leave_to_other(self, got: bytes) -> None:
        other = self._door.other()
        self._door.open.discard(self)
        self._transport.set_protocol(other)
        other.connection_made(self._transport)
        other.data_received(got)


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The header fields by their names in small letters; empty when they are anything special."""
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name = name.lower()
        is_odd = not colon or name != name.strip() or name in fields or name in _SPECIAL
        if is_odd or (name == b"connection" and value.strip().lower() != b"keep-alive"):
            return {}
        fields[name] = value.strip(b" \t")
    return fields
