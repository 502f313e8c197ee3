"""The network that the benches measure against, in a process of its own: people who write to a bot
and, as soon as they are answered, write again; and the Bot API that the answers come to.

Both ends are bare protocols on uvloop, so that they take as little as can be of the machine that is
being measured, and the same for every bot.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import orjson
import uvloop

from tests.load import SECRET, BotApi, update

CONNECTIONS = 40  # that Telegram posts over by default
AGAIN_AFTER = 0.05  # seconds until an update that was not taken is posted again
QUIET = 1.0  # seconds without a message after which everything has been said
GIVE_UP = 60.0  # seconds

_CHAT = re.compile(rb'"?chat_id"?[=:] ?"?(\d+)')
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Round:
    """What the driver is told to do, one JSON line each."""

    port: int  # of the bot
    first: int  # the first chat and update number: no two rounds share any
    visitors: int
    seconds: float
    least: int  # answers; the round goes on until it has so many
    questions: list[str]
    reuse: int | None = None  # first chat of those who go on talking instead of newcomers


@dataclass
class Crowd:
    """The visitors of one round, and what they waited for."""

    task: Round
    texts: Iterator[str] = field(init=False)
    numbers: Iterator[int] = field(init=False)
    waits: list[float] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)  # chat: when it began to wait
    heard: float = 0.0  # when anybody was last told anything
    is_open: bool = True

    def __post_init__(self) -> None:
        self.texts = cycle(self.task.questions)
        self.numbers = count(self.task.first)
        self.pending: deque[bytes] = deque()
        self.free: list[_Post] = []

    def ask(self, chat: int) -> None:
        """A visitor writes."""
        self.asked[chat] = time.perf_counter()
        self.send(update(next(self.numbers), chat, next(self.texts)))

    def send(self, body: bytes) -> None:
        """Post as soon as a connection is free."""
        if self.free:
            self.free.pop().post(body)
        else:
            self.pending.append(body)

    def told(self, chat: int) -> None:
        """The bot said something to a visitor, who asks the next thing."""
        self.heard = time.perf_counter()
        asked = self.asked.pop(chat, None)
        if asked is None:
            return
        self.waits.append(self.heard - asked)
        if self.is_open:
            self.ask(chat)


class _Post(asyncio.Protocol):
    """One keep-alive connection that updates are posted over."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._body = b""
        self._got = b""
        self._head = (
            "POST /telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
        ).encode()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def post(self, body: bytes) -> None:
        self._body = body
        self._transport.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._got, 0, end + 2)
        if len(self._got) < end + 4 + (int(length[1]) if length else 0):
            return
        is_taken, self._got = self._got.startswith(b"HTTP/1.1 200"), b""
        crowd = self._crowd
        if not is_taken:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, crowd.send, self._body)
        if crowd.pending:
            self.post(crowd.pending.popleft())
        else:
            crowd.free.append(self)


class _Api(asyncio.Protocol):
    """One connection to the Bot API: sendMessage is told to the crowd, all else to `BotApi`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._got = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._got, 0, end + 2)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._got) < whole:
                return
            request, self._got = self._got[:whole], self._got[whole:]
            self._answer(request, end)

    def _answer(self, request: bytes, end: int) -> None:
        line = request[: request.find(b" HTTP/1.1\r\n")]
        if line.endswith(b"/sendMessage"):
            found = _CHAT.search(request, end)
            assert found is not None, request
            answer = self._driver.sent(int(found[1]))
        else:
            answer = orjson.dumps(self._driver.api.answer(line.rpartition(b"/")[2].decode(), {}))
        body = b'{"ok":true,"result":' + answer + b"}"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        self._transport.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)


class Driver:
    """Runs one round after another."""

    def __init__(self) -> None:
        self.api = BotApi()
        self._crowd: Crowd | None = None
        self._numbers = count(1)

    def sent(self, chat: int) -> bytes:
        """A message reached the Bot API; what it says to that."""
        if self._crowd is not None:
            self._crowd.told(chat)
        return (
            b'{"message_id":%d,"date":1795300000,"chat":{"id":%d,"type":"private"},"text":"."}'
            % (next(self._numbers), chat)
        )

    async def open(self) -> int:
        """Serve the Bot API; its port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Api(self), "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def drive(self, task: Round) -> dict[str, object]:
        """One round: greeted first, then so many seconds of questions, then until all is said."""
        crowd = self._crowd = Crowd(task)
        loop = asyncio.get_running_loop()
        wires = [
            await loop.create_connection(lambda: _Post(crowd), "127.0.0.1", task.port)
            for _ in range(CONNECTIONS)
        ]
        crowd.free = [post for _, post in wires]
        chats = range(task.reuse or task.first, (task.reuse or task.first) + task.visitors)
        if task.reuse is None:
            await self._greet(crowd, chats)
        used, began = _processor_seconds(), time.perf_counter()
        for chat in chats:
            crowd.ask(chat)
        await asyncio.sleep(task.seconds)
        while len(crowd.waits) < task.least:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        answered, took = len(crowd.waits), time.perf_counter() - began
        used = _processor_seconds() - used
        await self._end(crowd)
        for transport, _ in wires:
            transport.abort()
        return {"waits": crowd.waits, "answered": answered, "took": took, "used": used}

    async def _greet(self, crowd: Crowd, chats: range) -> None:
        """The first contact, when a bot may say more than one thing."""
        crowd.is_open = False
        for chat in chats:
            crowd.ask(chat)
        await self._end(crowd)
        while time.perf_counter() - crowd.heard < QUIET:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        crowd.waits.clear()
        crowd.is_open = True

    async def _end(self, crowd: Crowd) -> None:
        crowd.is_open = False
        async with asyncio.timeout(GIVE_UP):
            while crowd.asked:  # noqa: ASYNC110 -- the network has no event
                await asyncio.sleep(0.01)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _main() -> None:
    driver = Driver()
    sys.stdout.write(f"{await driver.open()}\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        result = await driver.drive(Round(**orjson.loads(line)))
        sys.stdout.buffer.write(orjson.dumps(result) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_main())
