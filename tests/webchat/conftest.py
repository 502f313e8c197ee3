from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chrome
from playwright.async_api import BrowserContext

from bot.channels.webchat.limits import Limits
from bot.channels.webchat.routes import WebChatSettings

from .client import Browser
from .redis_server import RedisServer
from .service import Service, running
from .visitor import PHONE, WATCH, Visitor

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of this folder run in the loop of the browser that they share."""
    in_its_loop = pytest.mark.asyncio(loop_scope="session")
    for it in items:
        if it.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(it):
            it.add_marker(in_its_loop, append=False)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path can be too long for a socket
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def start(redis_server: RedisServer) -> AsyncIterator[Callable[..., Awaitable[Service]]]:
    """Start a service with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def start_one(*given: Any, **named: Any) -> Service:
            return await stack.enter_async_context(running(redis_server.path, *given, **named))

        yield start_one


@pytest_asyncio.fixture(loop_scope="session")
async def service(start: Callable[..., Awaitable[Service]]) -> Service:
    return await start()


@pytest_asyncio.fixture(loop_scope="session")
async def browsers() -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """Open a browser that has loaded the page."""
    async with AsyncExitStack() as stack:

        async def open_one(service: Service, headers: dict[str, str] | None = None) -> Browser:
            browser = Browser(service.url, headers)
            stack.push_async_callback(browser.close)
            await browser.load()
            return browser

        yield open_one


@pytest_asyncio.fixture(loop_scope="session")
async def browser(service: Service, browsers: Callable[..., Awaitable[Browser]]) -> Browser:
    return await browsers(service)


@pytest.fixture
def quick() -> WebChatSettings:
    """A service that waits only two seconds for anything."""
    return WebChatSettings(limits=Limits(patience=2.0, beat=2.0))


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chrome: Chrome) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """A visitor with a browser of their own; at the end the page has made no errors."""
    visitors: list[Visitor] = []
    async with AsyncExitStack() as stack:

        async def visit_one(
            url: str, context: BrowserContext | None = None, **given: Any
        ) -> Visitor:
            given = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **given}
            if context is None:
                context = await chrome.new_context(**given)
                stack.push_async_callback(context.close)
                await context.add_init_script(WATCH)
            visitor = Visitor(await context.new_page())
            visitors.append(visitor)
            await visitor.comes(url)
            return visitor

        yield visit_one
        for visitor in visitors:
            assert visitor.errors == []
            assert await visitor.violations() == []
