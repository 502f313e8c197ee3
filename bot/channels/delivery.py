"""What a channel is to the sender, and what may become of one send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.pipeline.messages import Message


@dataclass(frozen=True, slots=True)
class Sent:
    """The network took it; `external` is its id there."""

    external: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Too fast (429): nothing was sent; try again after `seconds`. Never a failed attempt."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gone:
    """The visitor cannot be reached any more (blocked us, deactivated): stop what is pushed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The visitor now lives at another address; send there once."""

    address: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The network will never take this message: our bug, or an address that never was."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halted:
    """The channel itself may not send now (token revoked, another poller): stop it, tell staff."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer, or a broken one: it may have arrived or not."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Never handed to the network: it is not to be sent any more."""

    reason: str


Delivery = Sent | Wait | Gone | Moved | Refused | Halted | Unsure | Withheld


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel may send: `rate` messages a second in all, `chat_rate` to one visitor
    with `chat_burst` at once."""

    rate: float
    chat_rate: float = 1.0
    chat_burst: int = 3


class Channel(Protocol):
    """A way to reach visitors. Its name is the part of their urn before the colon."""

    name: str
    pace: Pace | None  # None: the channel needs no pacing

    def calls(self, message: Message) -> int:
        """How many calls of its network the message takes: each counts for the pace."""
        ...

    async def send(self, address: str, message: Message) -> Delivery:
        """Carry one message to the visitor at `address` (the urn behind the colon). Never raises
        for what the network does: every error is one of the deliveries."""
        ...
