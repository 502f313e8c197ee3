"""The web process killed under many open pages: nothing lost, nothing doubled, order kept."""

from __future__ import annotations

import asyncio
import random
import time

import aiohttp
import pytest

from .client import Browser, Closed, Page, client_id
from .process import ServiceProcess

PAGES = 100
SENTENCES = 12
KILLS = 3


class Visitor:
    """Does what chat.js does: sends one at a time until it is confirmed, reconnects, resumes."""

    def __init__(self, url: str, name: int) -> None:
        self.said = [f"{name}号说的第{number}句" for number in range(SENTENCES)]
        self.shown: list[str] = []
        self.away: list[float] = []  # seconds each break lasted
        self._browser = Browser(url)
        self._last = "0"

    async def converse(self) -> None:
        await self._browser.load()
        unsent = [(client_id(), text) for text in self.said]
        lost_at = None
        while unsent or len(self.shown) < 2 * SENTENCES:
            try:
                page = await self._browser.open(self._last)
            except (aiohttp.ClientError, Closed):
                lost_at = lost_at or time.monotonic()
                await asyncio.sleep(random.uniform(0.5, 1.0))
                continue
            if lost_at is not None:
                self.away.append(time.monotonic() - lost_at)
                lost_at = None
            try:
                await self._talk(page, unsent)
            except (aiohttp.ClientError, Closed):
                lost_at = time.monotonic()
            finally:
                self._note(page)
        await self._browser.close()

    async def _talk(self, page: Page, unsent: list[tuple[str, str]]) -> None:
        while unsent:
            client, text = unsent[0]
            answer = await page.say(text, client)
            if "wait" in answer:
                await asyncio.sleep(answer["wait"])
                continue
            assert answer == {"ack": client}
            unsent.pop(0)
            await asyncio.sleep(random.uniform(0.0, 0.5))
        while len(self.shown) + len(page.texts) < 2 * SENTENCES:
            await page.receive()

    def _note(self, page: Page) -> None:
        self.shown += page.texts
        self._last = page.last if page.letters else self._last


@pytest.mark.kill
async def test_pages_survive_the_death_of_the_service(redis_server):
    process = ServiceProcess(redis_server.path)
    await process.start()
    visitors = [Visitor(process.url, name) for name in range(PAGES)]
    async with asyncio.TaskGroup() as group:
        for visitor in visitors:
            group.create_task(visitor.converse())
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(1.0, 2.5))
            await process.kill()
            await process.start()
    for visitor in visitors:
        own = [text for text in visitor.shown if not text.startswith("听到")]
        answers = [text for text in visitor.shown if text.startswith("听到")]
        assert own == visitor.said
        assert answers == [f"听到：{text}" for text in visitor.said]
    assert any(visitor.away for visitor in visitors), "nobody noticed: the test saw nothing"
    await process.kill()
