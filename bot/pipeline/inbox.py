"""The inbox: what channels have accepted and no turn has taken yet.

An entry leaves the inbox only in the commit of its turn, so what the stream holds is exactly what
is still owed an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.pipeline.doorbell import Doorbell, News
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import Event
from bot.pipeline.partitions import Keys

REMEMBERED = 48 * 3600  # seconds; Telegram repeats an update for up to 24 hours
MOST_WAITING = 20_000  # entries a partition: beyond it the network is asked to come again

_accept = LuaScript.load("accept")


class InboxFull(StorageDown):
    """More waits than can be answered soon: the network should come again later."""


class Inbox:
    """Where every channel hands over what it heard."""

    def __init__(self, line: Line, bell: Doorbell) -> None:
        self._line = line
        self._bell = bell

    async def accept(self, event: Event) -> bool:
        """Keep the event durably; False when the same one (by its `dedup`) was kept before.

        Raises StorageDown when it could not be kept: the network must come again.
        """
        keys = Keys.of(event.urn)
        packed = event.pack()
        places = (
            keys.key("heard", event.dedup),
            keys.key("inbox"),
            keys.key("session", event.urn),
        )
        kept = await self._line.script(_accept, places, REMEMBERED, MOST_WAITING, packed)
        if kept == b"full":
            raise InboxFull(event.urn)
        if kept is not None:
            name, before, session = kept
            self._bell.hand("inbox", News(keys.partition, name, packed, event, before, session))
        return kept is not None

    async def accept_all(self, events: Sequence[Event]) -> list[bool]:
        """`accept` for many at once, in one round trip."""
        return list(await asyncio.gather(*map(self.accept, events)))
