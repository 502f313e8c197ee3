"""Reading a hop's streams: the new entries of every partition that this process owns."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.pipeline.doorbell import Doorbell, Hop
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.partitions import Keys

AT_ONCE = 200  # entries read of one partition in one go
LOOK_EVERY = 1.0  # seconds between looks at all partitions, for what no bell was rung for


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry, read under the lease `token`.

    `inherited`: it was there when the lease was taken, so work on it may have begun before.
    """

    partition: int
    token: str
    id: str
    packed: bytes
    inherited: bool

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
        self._read: dict[int, tuple[str, str]] = {}  # partition -> lease token, last id given out
        self._looked = float("-inf")  # time.monotonic of the last look at all partitions

    async def fresh(self) -> list[Entry]:
        """New entries, oldest first in each partition; empty when none came for a while.

        Raises StorageDown; nothing counts as given out then.
        """
        rung = await self._bell.rung(self._hop, LOOK_EVERY)
        tokens = {one: self._leases.token(one) for one in self._due(rung)}
        owned = {partition: token for partition, token in tokens.items() if token is not None}
        try:
            batches = await asyncio.gather(*(self._after(*one) for one in owned.items()))
        except StorageDown:
            self._looked = float("-inf")
            raise
        for (partition, token), entries in zip(owned.items(), batches, strict=True):
            self._give_out(partition, token, entries)
        return [entry for batch in batches for entry in batch]

    def _due(self, rung: set[int]) -> list[int]:
        """The partitions to look at: those with news, and at times all, however many bells ring."""
        now = time.monotonic()
        if rung and now - self._looked < LOOK_EVERY:
            return [partition for partition in self._leases.owned() if partition in rung]
        self._looked = now
        return self._leases.owned()

    async def _after(self, partition: int, token: str) -> list[Entry]:
        """What came after the last entry that was given out in this tenure."""
        tenure, last = self._read.get(partition, ("", "0"))
        inherited = tenure != token
        since = "-" if inherited else f"({last}"
        key = Keys(partition).key(self._hop)
        found = await self._line.call("XRANGE", key, since, "+", "COUNT", AT_ONCE)
        return [_entry(partition, token, raw, inherited) for raw in found]

    def _give_out(self, partition: int, token: str, entries: list[Entry]) -> None:
        tenure, last = self._read.get(partition, ("", "0"))
        before = last if tenure == token else "0"
        self._read[partition] = (token, entries[-1].id if entries else before)
        if len(entries) == AT_ONCE:
            self._bell.wake(self._hop, partition)


def _entry(partition: int, token: str, raw: list[object], inherited: bool) -> Entry:
    name, fields = raw
    assert isinstance(name, bytes)
    assert isinstance(fields, (list, dict))
    packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
    return Entry(partition, token, name.decode(), packed, inherited)
