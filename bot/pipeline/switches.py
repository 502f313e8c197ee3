"""Kill switches: a channel, a conversation, the campaigns or the whole bot, off at once.

They stand in Redis, and every process looks twice a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, StorageDown

BOT = "bot"
CAMPAIGNS = "campaigns"
LOOK_EVERY = 0.5  # seconds

_KEY = "hotline:{switches}"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Off:
    """Something is switched off."""

    reason: str  # for staff; visitors are not told
    by: str
    at: float  # seconds since the epoch


class Switches:
    """What is off. `run` must be running for changes elsewhere to be seen."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._off: Mapping[str, Off] = {}

    def off(self, *names: str) -> bool:
        """Whether any of these is off: "bot", "campaigns", "channel:web", "dialog:wish"."""
        return any(name in self._off for name in names)

    def all(self) -> Mapping[str, Off]:
        """Everything that is off."""
        return self._off

    async def turn_off(self, name: str, off: Off) -> None:
        """Switch it off. Raises StorageDown."""
        await self._line.call("HSET", _KEY, name, orjson.dumps(off))
        await self.look()

    async def turn_on(self, name: str) -> None:
        """Switch it on again. Raises StorageDown."""
        await self._line.call("HDEL", _KEY, name)
        await self.look()

    async def look(self) -> None:
        """See what is off now. Raises StorageDown."""
        found = await self._line.call("HGETALL", _KEY)
        pairs = (
            found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
        )
        self._off = {_text(name): _read(raw) for name, raw in pairs}

    async def run(self, closing: Closing) -> None:
        """Look again and again; what was off stays off while Redis is away."""
        while not closing:
            try:
                await self.look()
            except StorageDown as error:
                log.warning("switches.unseen", error=type(error).__name__)
            await closing.sleep(LOOK_EVERY)


def _text(raw: Any) -> str:
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def _read(raw: bytes) -> Off:
    return Off(**orjson.loads(raw))
