"""Erasure: a visitor's data leave every stream, key and table, whatever is under way meanwhile.

An order is kept first, then what is there is deleted at once. What is under way then (lines of the
journal, the words that say it is done) comes to its end and is deleted by a second look, a minute
later or when it can, after which the order itself goes. Each step may be repeated, so a death in
between costs nothing.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
import structlog

from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import Lane, channel_of
from bot.pipeline.partitions import Keys

AGAIN_AFTER = 60.0  # seconds until the second look
AT_LAST = 24 * 3600.0  # seconds: the second look waits no longer for words that cannot be sent
LOOK_EVERY = 15.0  # seconds
AT_ONCE = 1000  # entries read of a stream in one go

_erased = LuaScript.load("erased")

log = structlog.get_logger()


class Records(Protocol):
    """The tables."""

    async def erase(self, visitor: str, until: datetime) -> int:
        """Delete what they have about the visitor up to that time."""
        ...

    async def compact(self) -> None:
        """Leave no trace of it in the files."""
        ...


class Erasure:
    """Forgets visitors. `run` must be running in some process for each partition."""

    def __init__(
        self,
        line: Line,
        records: Records,
        owned: Callable[[], list[int]],
        down: tuple[type[Exception], ...],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`owned`: the partitions this process works on; `down`: what `records` raise while the
        database is away."""
        self._line = line
        self._records = records
        self._owned = owned
        self._down: tuple[type[Exception], ...] = (StorageDown, *down)
        self._clock = clock

    async def erase(self, urn: str) -> None:
        """Forget the visitor: what is there now at once, what is under way within minutes.

        Raises StorageDown, or what the records raise; the order may be kept all the same.
        """
        now = self._clock()
        await self._line.call("HSET", Keys.of(urn).key("erasing"), urn, repr(now))
        await self._records.erase(urn, datetime.fromtimestamp(now, UTC))
        await self._sweep(urn, now, self._waiting(urn))
        await self._line.call("DEL", Keys.of(urn).key("mailbox", urn))

    async def run(self, closing: Closing) -> None:
        """Take the second looks that are due, until the service is stopping."""
        while not closing:
            try:
                await self.look_again()
            except self._down as error:
                log.warning("erasure.later", error=type(error).__name__)
            await closing.sleep(LOOK_EVERY)

    async def look_again(self) -> int:
        """Carry out the orders of this process's partitions whose time has come; how many."""
        done = 0
        for partition in self._owned():
            orders = _pairs(await self._line.call("HGETALL", Keys(partition).key("erasing")))
            for urn, given in orders:
                if self._clock() - float(given) >= AGAIN_AFTER:
                    done += await self._has_finished(urn.decode(), given)
        return done

    async def _has_finished(self, urn: str, given: bytes) -> bool:
        keys, ordered = Keys.of(urn), float(given)
        is_late = self._clock() - ordered > AT_LAST
        if not is_late and await self._is_under_way(urn, ordered):
            return False
        has_returned = await self._spoke_at(urn) > ordered
        until = ordered if has_returned else self._clock()
        await self._records.erase(urn, datetime.fromtimestamp(until, UTC))
        await self._sweep(urn, until, ("journal", *self._waiting(urn)))
        if has_returned:
            await self._line.call("XTRIM", keys.key("mailbox", urn), "MINID", int(ordered * 1000))
        else:
            await self._line.call("SREM", keys.key("stopped"), urn)
        kept = (keys.key("session", urn), keys.key("mailbox", urn)) if has_returned else ()
        await self._forget_keys(urn, kept)
        await self._records.compact()
        return bool(await self._line.script(_erased, [keys.key("erasing")], urn, given))

    async def _is_under_way(self, urn: str, ordered: float) -> bool:
        """Whether something still waits to be answered or sent from before the order, or to be
        written at all: what is not in the journal any more has been written."""
        waiting = {
            "inbox": ordered,
            Lane.INTERACTIVE.outbox(channel_of(urn)): ordered,
            "journal": self._clock(),
        }
        for hop, until in waiting.items():
            async for _ in self._entries(Keys.of(urn).key(hop), urn, until):
                return True
        return False

    async def _spoke_at(self, urn: str) -> float:
        """When the visitor's last turn was: later than the order if they have come back."""
        packed = await self._line.call("GET", Keys.of(urn).key("session", urn))
        try:
            return float(orjson.loads(packed or b"{}").get("at", 0.0))
        except (ValueError, TypeError, AttributeError):
            return 0.0

    def _waiting(self, urn: str) -> tuple[str, ...]:
        """Where messages wait that need not be sent any more."""
        return tuple(lane.outbox(channel_of(urn)) for lane in Lane)

    async def _sweep(self, urn: str, until: float, hops: tuple[str, ...]) -> None:
        """Take the visitor's entries out of these streams and the dead letters. The inbox is a
        turn's to take."""
        keys = Keys.of(urn)
        for key in (*map(keys.key, (*hops, "dead")), Keys(0).key("dead")):
            found = [name async for name in self._entries(key, urn, until)]
            for start in range(0, len(found), AT_ONCE):
                await self._line.call("XDEL", key, *found[start : start + AT_ONCE])

    async def _forget_keys(self, urn: str, kept: tuple[str, ...]) -> None:
        """Delete every key that names the visitor: the marks against doubles, and what they hold
        unless it is to be kept."""
        pattern = f"{_escaped(Keys.of(urn).key(''))}*{_escaped(urn)}*"
        cursor = b"0"
        while True:
            cursor, found = await self._line.call("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            names = (key.decode() for key in found)
            theirs = [name for name in names if _names(name, urn) and name not in kept]
            if theirs:
                await self._line.call("DEL", *theirs)
            if int(cursor) == 0:
                return
            await asyncio.sleep(0)

    async def _entries(self, key: str, urn: str, until: float) -> AsyncIterator[bytes]:
        """The ids of a stream's entries that are about the visitor, up to that time."""
        since = b"-"
        while True:
            found = await self._line.call("XRANGE", key, since, "+", "COUNT", AT_ONCE)
            for name, fields in found:
                packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
                if _is_about(packed, urn, until):
                    yield name
            if len(found) < AT_ONCE:
                return
            since = b"(" + found[-1][0]


def _is_about(packed: bytes, urn: str, until: float) -> bool:
    """Whether an entry of any stream is the visitor's, and from that time or before."""
    if urn.partition(":")[2].encode() not in packed:
        return False
    try:
        raw: dict[str, Any] = orjson.loads(packed)
        if "raw" in raw:  # could not be read, then or now: the number is all there is to go by
            return _names(raw["raw"], urn) or _names(raw["raw"], urn.partition(":")[2])
        inner = orjson.loads(raw["event"]) if "event" in raw and "reason" in raw else raw
        inner = inner["of"] if "line" in inner else inner
        return bool(inner["urn"] == urn and float(inner["at"]) <= until)
    except (ValueError, KeyError, TypeError):
        return _names(packed.decode(errors="replace"), urn)


def _names(text: str, name: str) -> bool:
    """Whether the text has the name, and not just a longer one that begins or ends alike."""
    return re.search(rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])", text) is not None


def _escaped(text: str) -> str:
    return re.sub(r"([\\*?\[\]^-])", r"\\\1", text)


def _pairs(found: Any) -> list[tuple[bytes, bytes]]:
    if isinstance(found, dict):
        return list(found.items())
    return list(zip(found[::2], found[1::2], strict=True))
