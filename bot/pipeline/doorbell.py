"""Wakes the reader of a hop when there is something for it, in this process or another."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

Hop = str  # "inbox", "outbox", "journal"


class Doorbell:
    """One bell a hop, rung with the partition that has news.

    A ring for a partition that this process does not own is passed to `far` (by default dropped:
    readers also look by themselves every so often).
    """

    def __init__(self, owns: Callable[[int], bool], far: Callable[[Hop, int], None]) -> None:
        self._owns = owns
        self._far = far
        self._rung: defaultdict[Hop, set[int]] = defaultdict(set)
        self._events: defaultdict[Hop, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, hop: Hop, partition: int) -> None:
        """There is something new for `hop` in `partition`."""
        if self._owns(partition):
            self.wake(hop, partition)
        else:
            self._far(hop, partition)

    def wake(self, hop: Hop, partition: int) -> None:
        """Wake this process's reader of `hop`."""
        self._rung[hop].add(partition)
        self._events[hop].set()

    async def rung(self, hop: Hop, within: float) -> set[int]:
        """The partitions with news for `hop`; empty when none came within so many seconds."""
        event = self._events[hop]
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            return set()
        event.clear()
        rung, self._rung[hop] = self._rung[hop], set()
        return rung
