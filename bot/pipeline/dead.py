"""Dead letters: what could not be dealt with, kept to be looked at and tried again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from bot.pipeline.doorbell import Hop
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import Event
from bot.pipeline.partitions import PARTITIONS, Keys
from bot.pipeline.streams import Entry

log = structlog.get_logger()

UNPARSED = Keys(0)  # what no visitor can be told from is kept in this partition
MOST_UNPARSED = 10_000  # entries: whoever holds the secret could send rubbish without end


_replay = LuaScript.load("replay")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that was given up, or raw input that could not be parsed (`event` is None)."""

    partition: int
    id: str
    reason: str
    at: float  # seconds since the epoch
    event: Event | None
    raw: str = ""


def dead_letter(event: Event, reason: str, at: float) -> bytes:
    """The stream entry of an event that was given up."""
    packed = event.pack().decode()
    return orjson.dumps({"event": packed, "reason": reason, "at": at})


class DeadLetters:
    """The dead letters of all partitions."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def keep_raw(self, raw: str, reason: str, at: float) -> None:
        """Keep input that could not be parsed."""
        packed = orjson.dumps({"raw": raw, "reason": reason, "at": at})
        key = UNPARSED.key("dead")
        await self._line.call("XADD", key, "MAXLEN", "~", MOST_UNPARSED, "*", "d", packed)

    async def lay_aside(self, entry: Entry, hop: Hop, error: Exception, at: float) -> None:
        """Take out of its hop an entry that nothing can be done with, as another version may have
        written it. While storage is down it stays there, and is found again in the next tenure."""
        log.error("entry.unreadable", hop=hop, entry=entry.name, error=type(error).__name__)
        with suppress(StorageDown):
            raw = entry.packed.decode(errors="replace")
            await self.keep_raw(raw, type(error).__name__, at)
            await self._line.call("XDEL", entry.keys.key(hop), entry.id)

    async def all(self) -> list[DeadLetter]:
        """Every dead letter, oldest first."""
        found = await asyncio.gather(*map(self._of, range(PARTITIONS)))
        return sorted((letter for part in found for letter in part), key=lambda it: it.at)

    async def replay(self, letter: DeadLetter) -> bool:
        """Put the event back into its visitor's inbox; False when it has none or was replayed."""
        if letter.event is None:
            return False
        keys = Keys(letter.partition)
        places = (keys.key("dead"), keys.key("inbox"))
        return bool(await self._line.script(_replay, places, letter.id, letter.event.pack()))

    async def _of(self, partition: int) -> list[DeadLetter]:
        entries = await self._line.call("XRANGE", Keys(partition).key("dead"), "-", "+")
        return [_read(partition, name.decode(), fields) for name, fields in entries]


def _read(partition: int, name: str, fields: Any) -> DeadLetter:
    raw = orjson.loads(fields[b"d"])
    event = Event.unpack(raw["event"].encode()) if "event" in raw else None
    return DeadLetter(partition, name, raw["reason"], raw["at"], event, raw.get("raw", ""))
