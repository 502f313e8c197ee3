"""What all tests share: a real redis-server, emptied before each, and a real browser."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
from playwright.async_api import Browser
from redis.asyncio import Redis

from bot.embedded import EmbeddedRedis, FolderLock
from bot.logs import start_logging
from bot.pipeline.line import Line
from tests.webchat.browser import chromium

LONG = ("kill", "browser", "process")

start_logging("warning")
# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile(
    "ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end: garbage is not looked for in it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for real processes and browsers begins first: nothing long is left for the end."""
    items.sort(key=lambda it: not any(map(it.get_closest_marker, LONG)))


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("redis")
    lock = FolderLock(folder)
    lock.take()
    server = EmbeddedRedis(folder / "redis", lock)
    asyncio.run(server.start())
    yield server.socket
    server.stop()
    lock.close()


@asynccontextmanager
async def running_line(socket: Path) -> AsyncIterator[Line]:
    async with Redis(unix_socket_path=str(socket)) as redis:
        line = Line(redis)
        task = asyncio.create_task(line.run())
        try:
            yield line
        finally:
            task.cancel()


@pytest.fixture
async def line(redis_socket: Path) -> AsyncIterator[Line]:
    async with running_line(redis_socket) as line:
        await line.call("FLUSHALL")
        yield line


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """One for all tests, which run in its loop; whoever opens a context in it closes it."""
    async with chromium() as browser:
        yield browser
