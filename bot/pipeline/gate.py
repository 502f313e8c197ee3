"""The gate before each message that nobody asked for: whether it may still be sent, right now."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from bot.channels.delivery import Withheld
from bot.pipeline.messages import Message


@dataclass(frozen=True, slots=True)
class Held:
    """Not now, but perhaps later: its campaign is paused, or it is night."""


class Gate(Protocol):
    """Has a say about some messages, as those of campaigns."""

    def minds(self, message: Message) -> bool:
        """Whether it has a say about this one."""
        ...

    def expecting(self, message: Message) -> AbstractContextManager[None]:
        """While inside, it is coming up: `verdict` may look at all of those at once."""
        ...

    def holds(self, message: Message) -> bool:
        """Whether it was held when `verdict` was last asked."""
        ...

    async def verdict(self, message: Message) -> Held | Withheld | None:
        """What speaks against sending it now; None: nothing. Raises StorageDown."""
        ...


class OpenGate:
    """Lets everything pass."""

    def minds(self, message: Message) -> bool:
        """It never does."""
        return False

    def expecting(self, message: Message) -> AbstractContextManager[None]:
        """Nothing is to be looked at."""
        return nullcontext()

    def holds(self, message: Message) -> bool:
        """It never does."""
        return False

    async def verdict(self, message: Message) -> Held | Withheld | None:
        """Nothing speaks against it."""
        return None
