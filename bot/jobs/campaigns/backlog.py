"""How many messages that nobody asked for wait for each channel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from bot.pipeline.messages import Lane
from bot.pipeline.partitions import PARTITIONS, Keys


class Calls(Protocol):
    """Calls to Redis: bot.pipeline.line.Line."""

    def call(self, *command: str) -> Awaitable[int]:
        """The answer to one command."""
        ...


class Backlog:
    """Counts what stands in the outbox."""

    def __init__(self, line: Calls) -> None:
        self._line = line

    async def of(self, channel: str) -> int:
        """Those that wait for the channel or are under way. Raises StorageDown."""
        hop = Lane.BULK.outbox(channel)
        keys = [Keys(partition).key(hop) for partition in range(PARTITIONS)]
        return sum(await asyncio.gather(*(self._line.call("XLEN", key) for key in keys)))
