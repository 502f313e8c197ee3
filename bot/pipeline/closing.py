"""The sign that the service is stopping: work begun is finished, nobody sleeps through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


class Closing:
    """Set once; every sleep ends at it, and whoever waits for something else is woken."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._wakes: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return self._event.is_set()

    def begin(self) -> None:
        """The service is stopping."""
        self._event.set()
        for wake in self._wakes:
            wake()

    def tell(self, wake: Callable[[], None]) -> None:
        """Call `wake` when it begins."""
        self._wakes.append(wake)

    async def sleep(self, seconds: float) -> None:
        """Sleep so long, or until the service is stopping."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
