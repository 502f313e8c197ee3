"""The night's rest: what the planner said and a late queue still holds waits for the morning. What
goes by a campaign has its own hours."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from bot.channels.delivery import Withheld
from bot.jobs.calendar import is_day
from bot.pipeline.gate import Gate, Held
from bot.pipeline.messages import Message

UNASKED = ("followup:", "application:")  # how what the planner says by itself is named


class NightGate:
    """Holds it by night; the rest is another gate's business."""

    def __init__(self, other: Gate, clock: Callable[[], datetime]) -> None:
        self._other = other
        self._clock = clock

    def minds(self, message: Message) -> bool:
        """Whether one of the two has a say about it."""
        return message.ref.startswith(UNASKED) or self._other.minds(message)

    def expecting(self, message: Message) -> AbstractContextManager[None]:
        """While inside, it is coming up."""
        return self._other.expecting(message)

    def holds(self, message: Message) -> bool:
        """Whether it is held as far as is known."""
        if message.ref.startswith(UNASKED):
            return not is_day(self._clock())
        return self._other.holds(message)

    async def verdict(self, message: Message) -> Held | Withheld | None:
        """What speaks against sending it now; None: nothing. Raises StorageDown."""
        if message.ref.startswith(UNASKED):
            return None if is_day(self._clock()) else Held()
        return await self._other.verdict(message)
