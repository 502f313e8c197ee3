"""The web chat on real Redis behind a real port, with a bot that says what it heard.

Runs inside a test, or as a process of its own that a test can kill:
`python service.py <redis socket> <port>`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.channels.webchat.routes import WebChatSettings, WebChatSite
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Button, Event, Message
from bot.pipeline.partitions import PARTITIONS, Keys

ROOT = Path(__file__).parents[2]


def words() -> dict[str, str]:
    path = ROOT / "content" / "replies" / "webchat.yaml"
    texts: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


class Echo:
    """Answers everything in the inbox; what it heard leaves the inbox only when answered."""

    def __init__(self, line: Line, bell: Doorbell, site: WebChatSite) -> None:
        self.heard: list[Event] = []
        self.silent = False  # leaves everything in the inbox
        self._line = line
        self._bell = bell
        self._site = site

    async def run(self) -> None:
        while True:
            try:
                await asyncio.gather(*map(self._answer_all, range(PARTITIONS)))
            except StorageDown:
                await asyncio.sleep(0.1)
            await self._bell.rung("inbox", 0.3)

    async def _answer_all(self, partition: int) -> None:
        inbox = Keys(partition).key("inbox")
        for name, fields in await self._line.call("XRANGE", inbox, "-", "+"):
            if self.silent:
                return
            event = Event.unpack(fields[b"d"])
            self.heard.append(event)
            await self.say(event.urn, *answer(event), ref=f"{name.decode()}.0")
            await self._line.call("XDEL", inbox, name)

    async def say(self, urn: str, text: str, *buttons: Button, ref: str) -> None:
        address = urn.removeprefix("web:")
        await self._site.channel.send(address, Message(urn, ref, text, buttons))


def answer(event: Event) -> tuple[Any, ...]:
    heard = event.heard
    if heard.question is not None or heard.start is not None:
        return (f"您按了：{heard.question or heard.start}={heard.text}",)
    if heard.text.startswith("按钮："):
        labels = heard.text.removeprefix("按钮：").split("|")
        return ("请选择：", *(Button(label, f"choice={i}") for i, label in enumerate(labels)))
    return (f"听到：{heard.text}",)


class Service:
    """One running process's worth of web chat."""

    def __init__(self, line: Line, settings: WebChatSettings, **clocks: Any) -> None:
        self.line = line
        bell = Doorbell(owns=lambda hop, partition: True, far=lambda hop, partition: None)
        self.inbox = Inbox(line, bell)
        self.site = WebChatSite(line, self.inbox, words(), settings, **clocks)
        self.echo = Echo(line, bell, self.site)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def waiting(self) -> list[Event]:
        """Everything in the inbox."""
        found: list[Event] = []
        for partition in range(PARTITIONS):
            entries = await self.line.call("XRANGE", Keys(partition).key("inbox"), "-", "+")
            found += [Event.unpack(fields[b"d"]) for _, fields in entries]
        return found


@asynccontextmanager
async def running(
    redis_path: str,
    settings: WebChatSettings | None = None,
    *,
    port: int = 0,
    clocks: Mapping[str, Any] | None = None,
) -> AsyncIterator[Service]:
    redis = Redis(unix_socket_path=redis_path, retry=Retry(NoBackoff(), 0))
    service = Service(Line(redis), settings or WebChatSettings(), **(clocks or {}))
    app = web.Application()
    service.site.add_to(app)
    runner = web.AppRunner(app, shutdown_timeout=5)
    await runner.setup()
    tasks = [asyncio.create_task(part.run()) for part in (service.line, service.site, service.echo)]
    try:
        listener = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        await listener.start()
        service.port = runner.addresses[0][1]
        yield service
    finally:
        await runner.cleanup()
        crashes = [crash for task in tasks if (crash := await ended(task))]
        await redis.aclose()
        assert not crashes, crashes


async def ended(task: asyncio.Task[None]) -> BaseException | None:
    """Cancel the task until it ends (redis-py can swallow a cancellation): what it crashed with."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
    return None if task.cancelled() else task.exception()


async def main(redis_path: str, port: int) -> None:
    async with running(redis_path, port=port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
