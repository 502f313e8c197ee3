"""Which partitions this process works on, when several processes share them.

A lease is a Redis key with a token and a time to live. Every commit names the token, so that a
process that was stalled past its lease can change nothing any more. Each tenure has a token of its
own: a turn begun in an earlier tenure of the same process is refused as well.

Turns and records are shared out apart: a process may do the one and leave the other to others.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from zlib import crc32

import structlog

from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.partitions import PARTITIONS, Keys

log = structlog.get_logger()

LASTS = 6.0  # seconds a lease lives without renewal
BEAT = 2.0  # seconds between renewals
AGAIN_AFTER = 0.5  # seconds until the next try when one failed
_STANDS_BY = "~"  # begins the name of a process that works only where nobody else does

_lease = LuaScript.load("lease")
_release = LuaScript.load("release")
_members = LuaScript.load("members")


@dataclass(frozen=True, slots=True)
class Duty:
    """What the partitions are shared out for."""

    owner: str  # the key of each partition that names its owner's token
    members: str  # the key of the processes that share


TURNS = Duty("owner", "hotline:{members}")  # and sends
RECORDS = Duty("recorder", "hotline:{recorders}")


class Leases:
    """The partitions this process owns; `run` keeps them renewed and shares them fairly."""

    def __init__(
        self,
        line: Line,
        process: str,
        gained: Callable[[int], None],
        duty: Duty = TURNS,
        stands_by: bool = False,
    ) -> None:
        """`gained` is told of each partition that becomes ours. Who stands by takes partitions
        only while all others do."""
        self._line = line
        self._process = f"{_STANDS_BY}{process}" if stands_by else process
        self._gained = gained
        self._duty = duty
        self._tenure = count(1)
        self._tokens: dict[int, str] = {}
        self._until: dict[int, float] = {}
        self._leaving: set[int] = set()
        self._busy: Counter[int] = Counter()

    def token(self, partition: int) -> str | None:
        """The token to begin work on the partition with; None when it is not ours to begin."""
        if partition in self._leaving or self._until.get(partition, 0.0) < time.monotonic():
            return None
        return self._tokens.get(partition)

    def owns(self, partition: int) -> bool:
        """Whether this process reads the partition now."""
        return self.token(partition) is not None

    def owned(self) -> list[int]:
        """The partitions this process reads now."""
        return [partition for partition in self._tokens if self.owns(partition)]

    @contextmanager
    def working(self, partition: int) -> Iterator[None]:
        """While inside, the partition is not handed over."""
        self._busy[partition] += 1
        try:
            yield
        finally:
            self._busy[partition] -= 1

    async def take_over(self) -> None:
        """Void every lease and membership: only for a Redis that no other process can be using."""
        owners = map(self._owner, range(PARTITIONS))
        keys = (*owners, self._duty.members)
        await asyncio.gather(*(self._line.call("DEL", key) for key in keys))

    async def run(self) -> None:
        """Take, renew and hand over leases until cancelled."""
        while True:
            try:
                await self.beat()
                await asyncio.sleep(BEAT)
            except StorageDown as down:
                log.warning("leases.storage_down", error=str(down))
                await asyncio.sleep(AGAIN_AFTER)

    async def beat(self) -> None:
        """One round: show that we live, renew what is ours, take what is free and falls to us."""
        alive = await self._line.script(
            _members, [self._duty.members], self._process, int(LASTS * 1000)
        )
        members = _workers([member.decode() for member in alive])
        mine = {p for p in range(PARTITIONS) if _chosen(members, p) == self._process}
        # Work on a partition that was to leave has been dropped: it leaves, whoever comes or goes.
        self._leaving = (self._leaving | (set(self._tokens) - mine)) & set(self._tokens)
        await asyncio.gather(*(self._give(p) for p in self._leaving if not self._busy[p]))
        await asyncio.gather(*(self._hold(p) for p in mine | set(self._tokens)))

    async def give_all(self) -> None:
        """Hand every partition back, after the last work on them."""
        self._leaving = set(self._tokens)
        await self._line.call("ZREM", self._duty.members, self._process)
        await asyncio.gather(*(self._give(partition) for partition in list(self._tokens)))

    async def _hold(self, partition: int) -> None:
        asked = time.monotonic()
        # Work was dropped when the lease lapsed: only a new tenure takes it up again.
        old = "" if self._until.get(partition, 0.0) < asked else self._tokens.get(partition, "")
        new = f"{self._process}.{next(self._tenure)}"
        key = self._owner(partition)
        match await self._line.script(_lease, [key], old, new, int(LASTS * 1000)):
            case 1:
                self._until[partition] = asked + LASTS
            case 2:
                self._tokens[partition], self._until[partition] = new, asked + LASTS
                self._gained(partition)
            case _:
                self._tokens.pop(partition, None)

    async def _give(self, partition: int) -> None:
        token = self._tokens.pop(partition, None)
        self._leaving.discard(partition)
        if token is not None:
            await self._line.script(_release, [self._owner(partition)], token)

    def _owner(self, partition: int) -> str:
        return Keys(partition).key(self._duty.owner)


def _workers(alive: list[str]) -> list[str]:
    """Those who share the partitions."""
    return [it for it in alive if not it.startswith(_STANDS_BY)] or alive


def _chosen(members: list[str], partition: int) -> str:
    """Whose partition it is: rendezvous hashing, so that few move when a process comes or goes."""
    return max(members, key=lambda member: (crc32(f"{member}:{partition}".encode()), member))
