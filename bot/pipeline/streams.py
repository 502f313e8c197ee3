"""Reading a hop's streams: the new entries of every partition that this process owns."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.pipeline.doorbell import NOTHING, Doorbell, Hop, Id, News, Rung, id_of
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Thing
from bot.pipeline.partitions import Keys

AT_ONCE = 200  # entries read of one partition in one go
LOOK_EVERY = 1.0  # seconds between looks at all partitions, for what no bell was rung for


@dataclass(slots=True)
class Entry:
    """One stream entry, read under the lease `token`.

    `inherited`: it was there when the lease was taken, so work on it may have begun before.
    `thing`: what was packed, if it was handed over. `session`: the visitor's when the entry was
    made, if it was read along; later it may differ.
    """

    partition: int
    token: str
    id: str
    packed: bytes
    inherited: bool
    thing: Thing | None = None
    session: bytes | None = None

    @property
    def name(self) -> str:
        """Its name among all partitions."""
        return f"{self.partition}-{self.id}"

    @property
    def keys(self) -> Keys:
        """The keys of its partition."""
        return Keys(self.partition)


class StreamReader:
    """Reads one hop. An entry is given out once a tenure; it stays in the stream until whoever
    worked on it deletes it, and is given out again in the next tenure if nobody did."""

    def __init__(self, line: Line, leases: Leases, bell: Doorbell, hop: Hop) -> None:
        self._line = line
        self._leases = leases
        self._bell = bell
        self._hop = hop
        self._read: dict[int, tuple[str, Id]] = {}  # partition -> lease token, last id given out
        self._looked = float("-inf")  # time.monotonic of the last look at all partitions

    async def fresh(self) -> list[Entry]:
        """New entries, oldest first in each partition; empty when none came for a while.

        Raises StorageDown; nothing counts as given out then.
        """
        rung = await self._bell.rung(self._hop, LOOK_EVERY)
        handed = [entry for news in rung.news if (entry := self._handed(news, rung)) is not None]
        tokens = {one: self._leases.token(one) for one in self._due(rung.partitions, bool(handed))}
        owned = {partition: token for partition, token in tokens.items() if token is not None}
        if not owned:
            return handed
        try:
            batches = await asyncio.gather(*(self._after(*one) for one in owned.items()))
        except StorageDown:
            self._looked = float("-inf")
            if handed:  # these are given out; the next look meets the outage again
                return handed
            raise
        for (partition, token), entries in zip(owned.items(), batches, strict=True):
            self._give_out(partition, token, entries)
        return [*handed, *(entry for batch in batches for entry in batch)]

    def _handed(self, news: News, rung: Rung) -> Entry | None:
        """The entry, if it is the next one of its partition; else the partition is to be read."""
        token = self._leases.token(news.partition)
        if token is None:
            return None
        tenure, last = self._read.get(news.partition, ("", NOTHING))
        this = id_of(news.id)
        if tenure != token or news.partition in rung.partitions or id_of(news.before) > last:
            rung.partitions.add(news.partition)
            return None
        if this <= last:
            return None
        self._read[news.partition] = (token, this)
        packed, thing = news.packed, news.thing
        return Entry(news.partition, token, news.id.decode(), packed, False, thing, news.session)

    def _due(self, rung: set[int], is_busy: bool) -> list[int]:
        """The partitions to look at: those with news, and at times all, however many bells ring."""
        now = time.monotonic()
        if (rung or is_busy) and now - self._looked < LOOK_EVERY:
            return [partition for partition in rung if self._leases.owns(partition)]
        self._looked = now
        return self._leases.owned()

    async def _after(self, partition: int, token: str) -> list[Entry]:
        """What came after the last entry that was given out in this tenure."""
        tenure, (last, number) = self._read.get(partition, ("", NOTHING))
        inherited = tenure != token
        since = "-" if inherited else f"({last}-{number}"
        key = Keys(partition).key(self._hop)
        found = await self._line.call("XRANGE", key, since, "+", "COUNT", AT_ONCE)
        return [_entry(partition, token, raw, inherited) for raw in found]

    def _give_out(self, partition: int, token: str, entries: list[Entry]) -> None:
        tenure, last = self._read.get(partition, ("", NOTHING))
        before = last if tenure == token else NOTHING
        newest = id_of(entries[-1].id.encode()) if entries else before
        self._read[partition] = (token, newest)
        if len(entries) == AT_ONCE:
            self._bell.wake(self._hop, partition)


def _entry(partition: int, token: str, raw: list[object], inherited: bool) -> Entry:
    name, fields = raw
    assert isinstance(name, bytes)
    assert isinstance(fields, (list, dict))
    packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
    return Entry(partition, token, name.decode(), packed, inherited)
