"""Where staff meet visitors: a person joins a talk, says something, leaves again.

Joining and leaving go through the visitor's inbox, so that they come in order with what the visitor
says and are not lost; what the person says goes out like anything said unasked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from bot.pipeline.inbox import Inbox
from bot.pipeline.messages import Event
from bot.pipeline.outbox import Outbox
from dialogs.talk import Heard, Kind, Reply

LONGEST = 2000  # characters said at once


class Counter:
    """The people's side of the talk."""

    def __init__(self, inbox: Inbox, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._clock = clock

    async def join(self, visitor: str, name: str) -> None:
        """The bot is silent, and the visitor told who answers. Raises StorageDown."""
        await self._tell(visitor, name, Kind.TAKEN_OVER)

    async def leave(self, visitor: str, name: str) -> None:
        """The bot answers again, and the visitor is told. Raises StorageDown."""
        await self._tell(visitor, name, Kind.GIVEN_BACK)

    async def say(self, visitor: str, name: str, login: str, text: str, key: str) -> bool:
        """Say it in the person's name; the same `key` is said once. Raises StorageDown."""
        facts = {"name": name, "text": text[:LONGEST]}
        await self._tell(visitor, name, Kind.TAKEN_OVER)
        reply = Reply("desk.said", facts, evidence={"staff": login})
        return await self._outbox.say(visitor, reply, f"desk:{key}")

    async def _tell(self, visitor: str, name: str, kind: Kind) -> None:
        at = self._clock().timestamp()
        await self._inbox.accept(Event(visitor, Heard(name, kind=kind), at, f"desk:{uuid4().hex}"))
