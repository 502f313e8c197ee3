"""The lookout reads how recipients stand for many messages at once: for all of those that wait
beside the one that is asked about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bot.pipeline.line import StorageDown
from bot.records.database import DOWN
from bot.records.recipient_rows import Standing

AT_ONCE = 80  # recipients: those who come up before they are read again
ANEW = 0.7  # of the time that what was read counts, after which one reads it anew


class Records(Protocol):
    """Where it stands."""

    async def standings(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """What speaks for and against sending to each recipient."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """What the records said of some recipients."""

    at: float  # time.monotonic
    asked: Collection[int]
    found: Mapping[int, Standing]


class Lookout:
    """Recipients who wait, in the order in which they come up."""

    def __init__(self, records: Records, fresh: float) -> None:
        """`fresh`: seconds that what was read counts."""
        self._records = records
        self._fresh = fresh
        self._waiting: dict[int, None] = {}
        self._look = _Look(float("-inf"), (), {})
        self._reading = asyncio.Lock()

    def __contains__(self, recipient: int) -> bool:
        return recipient in self._waiting

    def add(self, recipient: int) -> None:
        """They wait, behind all others."""
        self._waiting.pop(recipient, None)
        self._waiting[recipient] = None

    def drop(self, recipient: int) -> None:
        """They do not wait any more."""
        self._waiting.pop(recipient, None)

    async def standing(self, recipient: int) -> Standing | None:
        """How they stand, as it was read a moment ago; None: nothing is known of them. Raises
        StorageDown."""
        # One reads anew before the time is over: the others need not wait for it.
        within = self._fresh if self._reading.locked() else self._fresh * ANEW
        if not self._knows(recipient, within):
            async with self._reading:
                if not self._knows(recipient, within):
                    await self._read(recipient)
        return self._look.found.get(recipient)

    def _knows(self, recipient: int, within: float) -> bool:
        look = self._look
        return recipient in look.asked and time.monotonic() - look.at <= within

    async def _read(self, recipient: int) -> None:
        asked = frozenset((recipient, *islice(self._waiting, AT_ONCE)))
        try:
            found = await self._records.standings(tuple(asked))
        except DOWN as error:
            raise StorageDown(type(error).__name__) from error
        self._look = _Look(time.monotonic(), asked, found)
