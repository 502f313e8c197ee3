"""A channel that keeps what it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.delivery import Delivery, Pace, Sent
from bot.pipeline.messages import Message


@dataclass
class Kept:
    """Everything arrives, unless `fate` says otherwise, once a message."""

    name: str
    pace: Pace | None = None
    messages: list[Message] = field(default_factory=list)
    fate: Callable[[Message], Awaitable[Delivery]] | None = None

    def calls(self, message: Message) -> int:
        return 1

    async def send(self, address: str, message: Message) -> Delivery:
        delivery = Sent("1") if self.fate is None else await self.fate(message)
        if isinstance(delivery, Sent):
            self.messages.append(message)
        return delivery

    def texts(self, urn: str) -> list[str]:
        return [it.text for it in self.messages if it.urn == urn]

    def copies(self) -> Counter[str]:
        """How many each has got."""
        return Counter(it.urn for it in self.messages)
