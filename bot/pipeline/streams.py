"""Reading a hop's streams: the new entries of every partition that this process owns."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.pipeline.doorbell import Doorbell, Hop
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line
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
        self._read: dict[int, tuple[str, str]] = {}  # partition -> lease token, last id read

    async def fresh(self) -> list[Entry]:
        """New entries, oldest first in each partition; empty when none came for a while.

        Raises StorageDown.
        """
        rung = await self._bell.rung(self._hop, LOOK_EVERY)
        owned = rung & set(self._leases.owned()) if rung else self._leases.owned()
        batches = await asyncio.gather(*map(self._of, owned))
        return [entry for batch in batches for entry in batch]

    async def _of(self, partition: int) -> list[Entry]:
        token = self._leases.token(partition)
        if token is None:
            return []
        tenure, last = self._read.get(partition, ("", "0"))
        inherited = tenure != token
        since = "-" if inherited else f"({last}"
        key = Keys(partition).key(self._hop)
        found = await self._line.call("XRANGE", key, since, "+", "COUNT", AT_ONCE)
        entries = [_entry(partition, token, raw, inherited) for raw in found]
        if entries or inherited:
            self._read[partition] = (token, entries[-1].id if entries else "0")
        if len(entries) == AT_ONCE:
            self._bell.wake(self._hop, partition)
        return entries


def _entry(partition: int, token: str, raw: list[object], inherited: bool) -> Entry:
    name, fields = raw
    assert isinstance(name, bytes)
    assert isinstance(fields, (list, dict))
    packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
    return Entry(partition, token, name.decode(), packed, inherited)
