"""A Telegram of our own for load and kill tests: it keeps every message that is sent, and posts
updates as Telegram does, again and again until they are taken.

Both ends are bare asyncio protocols, so that on a small machine they take little of what is being
measured. tests/telegram drives the bot through a third-party emulator instead.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bot.tasks import together

TOKEN = "700:AAtestTESTtestTESTtestTESTtestTESTtest"
SECRET = "a-secret"


@dataclass(frozen=True, slots=True)
class Got:
    """A message the fake Telegram was sent."""

    chat: int
    text: str
    at: float  # time.perf_counter


@dataclass(frozen=True, slots=True)
class Broken:
    """How a sendMessage goes wrong. Status 0: the connection ends without an answer."""

    status: int
    body: bytes = b""
    is_taken: bool = False  # the message arrives nevertheless


@dataclass
class BotApi:
    """Answers every call of the Bot API; keeps what sendMessage brings.

    `takes`: seconds from the arrival of a message to the answer, for each one anew; `breaks`: how
    a message to that chat goes wrong, None if it does not.
    """

    takes: Callable[[], float] | None = None
    breaks: Callable[[int], Broken | None] | None = None
    asked: list[float] = field(default_factory=list)  # time.perf_counter of each sendMessage
    late: float = 0.0  # seconds by which it looked late at its connections at the most
    under_way: int = 0  # messages that have arrived and are not answered yet
    connections: set[asyncio.Transport] = field(default_factory=set)
    got: list[Got] = field(default_factory=list)
    by_chat: defaultdict[int, list[Got]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[int, asyncio.Future[Got]] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Serve on a free port; yields the base URL."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        async with server, together(self._watch()):
            try:
                yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            finally:
                for connection in self.connections:
                    connection.abort()

    async def _watch(self) -> None:
        """Note how late it gets its turn."""
        while True:
            due = time.perf_counter() + 0.02
            await asyncio.sleep(0.02)
            self.late = max(self.late, time.perf_counter() - due)

    async def next_to(self, chat: int) -> Got:
        """The next message to a chat."""
        future = self.waiting[chat] = asyncio.get_running_loop().create_future()
        return await future

    def answer(self, method: str, fields: dict[str, Any]) -> object:
        """The result of one call."""
        match method:
            case "sendMessage":
                return self._keep(int(fields["chat_id"]), str(fields["text"]))
            case "getMe":
                return {"id": 700, "is_bot": True, "first_name": "bot", "username": "test_bot"}
            case "getWebhookInfo":
                return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
            case "getMyCommands" | "getUpdates":
                return []
            case _:
                return True

    def _keep(self, chat: int, text: str) -> object:
        got = Got(chat, text, time.perf_counter())
        self.got.append(got)
        self.by_chat[chat].append(got)
        future = self.waiting.pop(chat, None)
        if future is not None and not future.done():
            future.set_result(got)
        place = {"id": chat, "type": "private"}
        return {"message_id": len(self.got), "date": 1_795_300_000, "chat": place, "text": text}


class _Connection(asyncio.Protocol):
    """One keep-alive HTTP/1.1 connection with Content-Length bodies."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # uvloop's is no asyncio.Transport
        self._api.connections.add(self._transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._api.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
            fields = _fields(body)
            if method == "sendMessage":
                self._api.asked.append(time.perf_counter())
                if (broken := self._broken(fields)) is not None:
                    self._break(broken, fields)
                    continue
            result = orjson.dumps({"ok": True, "result": self._api.answer(method, fields)})
            if method == "sendMessage" and self._api.takes is not None:
                self._api.under_way += 1
                asyncio.get_running_loop().call_later(self._api.takes(), self._answer_late, result)
            else:
                self._answer(result)

    def _broken(self, fields: dict[str, Any]) -> Broken | None:
        return None if self._api.breaks is None else self._api.breaks(int(fields["chat_id"]))

    def _break(self, broken: Broken, fields: dict[str, Any]) -> None:
        if broken.is_taken:
            self._api.answer("sendMessage", fields)
        if not broken.status:
            self._transport.close()
            return
        head = f"HTTP/1.1 {broken.status} Broken\r\nContent-Length: {len(broken.body)}\r\n\r\n"
        self._transport.write(head.encode() + broken.body)

    def _answer_late(self, result: bytes) -> None:
        self._api.under_way -= 1
        if not self._transport.is_closing():
            self._answer(result)

    def _answer(self, result: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(result)).encode()
            + b"\r\n\r\n"
            + result
        )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _fields(body: bytes) -> dict[str, Any]:
    """JSON, or the form that aiogram's stock session sends."""
    if body.startswith(b"{"):
        fields: dict[str, Any] = orjson.loads(body)
        return fields
    return dict(parse_qsl(body.decode()))


def update(number: int, chat: int, text: str) -> bytes:
    """A Telegram update: somebody writes to the bot."""
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": number,
        "date": 1_795_300_000,
        "chat": {"id": chat, "type": "private", "first_name": "A"},
        "from": person,
        "text": text,
    }
    return orjson.dumps({"update_id": number, "message": message})


class Poster:
    """Posts updates over so many keep-alive connections, as Telegram does.

    `within`: seconds after which a POST counts as not answered.
    """

    def __init__(
        self, port: int, path: str = "/telegram", connections: int = 40, within: float = 60.0
    ) -> None:
        self._port = port
        self._within = within
        self.taken = 0  # POSTs that were answered with 200
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
        ).encode()
        self._free: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(connections):
            self._free.put_nowait(None)

    async def post(self, body: bytes) -> int:
        """The status of one POST; 0 when there was no answer."""
        wires, whole = await self._free.get(), False
        try:
            async with asyncio.timeout(self._within):
                wires = wires or await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = wires
                writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
            whole = b"connection: close" not in head.lower()
            status = int(head.split(b" ", 2)[1])
            self.taken += status == 200
            return status
        except (OSError, asyncio.IncompleteReadError):  # a time-out is an OSError
            return 0
        finally:
            if wires is not None and not whole:  # what is still to come is no answer to the next
                wires[1].transport.abort()
            self._free.put_nowait(wires if whole else None)

    async def hang_up(self) -> None:
        """Close every connection, once no POST is under way."""
        for _ in range(self._free.qsize()):
            if (wires := self._free.get_nowait()) is not None:
                wires[1].transport.abort()
            self._free.put_nowait(None)
        await asyncio.sleep(0)

    async def insist(self, body: bytes, pause: float = 0.05) -> float:
        """Post until it is taken; the time (perf_counter) of the first attempt."""
        began = time.perf_counter()
        while await self.post(body) != 200:  # noqa: ASYNC110 -- the network has no event
            await asyncio.sleep(pause)
        return began
