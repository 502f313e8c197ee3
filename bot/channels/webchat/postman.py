"""The postman: hears of new letters over one Redis subscription and rings at the open pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.channels.webchat.mailbox import CHANNEL

AGAIN_AFTER = 0.5  # seconds between attempts while Redis is away

log = structlog.get_logger(__name__)


class Postman:
    """Rings the bell of every page whose visitor has new mail. `run` must be running."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._hears = True

    @contextmanager
    def round(self, urn: str) -> Iterator[asyncio.Event]:
        """A bell that rings when there may be new mail for the visitor."""
        bell = asyncio.Event()
        self._bells.setdefault(urn, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[urn].remove(bell)
            if not self._bells[urn]:
                del self._bells[urn]

    async def run(self) -> None:
        """Listen until cancelled, through every restart of Redis."""
        while _is_wanted():
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self._hears:
                    log.warning("webchat.no_news", error=type(error).__name__)
                self._hears = False
                await asyncio.sleep(AGAIN_AFTER)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as news:
            await news.subscribe(CHANNEL)
            async for message in news.listen():
                if message["type"] == "message":
                    self._ring(message["data"].decode())
                else:  # subscribed, at first or anew: what came meanwhile was not heard
                    self._hears = True
                    self._ring_everywhere()
                if not _is_wanted():
                    return

    def _ring(self, urn: str) -> None:
        for bell in self._bells.get(urn, ()):
            bell.set()

    def _ring_everywhere(self) -> None:
        for urn in self._bells:
            self._ring(urn)


def _is_wanted() -> bool:
    """Whether this task is still to run. redis-py 8.1 can swallow the CancelledError that says so
    and return as if nothing had happened."""
    task = asyncio.current_task()
    return task is not None and not task.cancelling()
