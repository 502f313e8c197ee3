"""Wakes the reader of a hop when there is something for it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.pipeline.messages import Thing

Hop = str  # "inbox", "outbox:web", "journal" ...
Id = tuple[int, int]  # of a stream entry, as it is compared
NOTHING: Id = (0, 0)

JOURNAL: Hop = "journal"
MOST_HANDED = 20_000  # entries held for a reader; the further ones wait in Redis


@dataclass(slots=True)
class News:
    """An entry that was just put into a stream, for the reader who then need not fetch it."""

    partition: int
    id: bytes
    packed: bytes
    thing: Thing | None  # what was packed, unless it came from far
    before: bytes  # id of the last entry that the stream held already; empty if it held none
    session: bytes | None = None  # the visitor's, when it was read along


@dataclass(slots=True)
class Rung:
    """What there is for the reader of one hop."""

    partitions: set[int] = field(default_factory=set)  # to be looked at
    news: list[News] = field(default_factory=list)  # in the order in which it was put there


class Doorbell:
    """One bell a hop, rung with the partition that has news.

    A ring for a partition that this process does not own is passed to `far`, and what is handed
    over to `far_hand`, if there is one. Of the journal nobody far is told: its reader looks every
    second, and nobody waits for it.
    """

    def __init__(
        self,
        owns: Callable[[Hop, int], bool],
        far: Callable[[Hop, int], None],
        far_hand: Callable[[Hop, News], None] | None = None,
    ) -> None:
        self._owns = owns
        self._far = far
        self._far_hand = far_hand
        self._rung: defaultdict[Hop, Rung] = defaultdict(Rung)
        self._events: defaultdict[Hop, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, hop: Hop, partition: int) -> None:
        """There is something new for `hop` in `partition`."""
        if self._owns(hop, partition):
            self.wake(hop, partition)
        elif hop != JOURNAL:
            self._far(hop, partition)

    def hand(self, hop: Hop, news: News) -> None:
        """Ring, and say right away what there is."""
        if self._owns(hop, news.partition):
            self._take(hop, news)
        elif self._far_hand is None:
            self._far(hop, news.partition)
        else:
            self._far_hand(hop, news)

    def hand_all(
        self,
        hop: Hop,
        partition: int,
        ids: Sequence[bytes],
        packed: Sequence[bytes],
        things: Sequence[Thing],
    ) -> None:
        """`hand` what was put there at once; `ids`: of the entry before it, then its own."""
        if hop == JOURNAL and not self._owns(hop, partition):
            return
        for before, name, raw, thing in zip(ids, ids[1:], packed, things, strict=False):
            self.hand(hop, News(partition, name, raw, thing, before))

    def wake(self, hop: Hop, partition: int) -> None:
        """Wake this process's reader of `hop`."""
        self._rung[hop].partitions.add(partition)
        self._events[hop].set()

    def wake_all(self) -> None:
        """Wake every reader, though there is nothing to read: the service is stopping."""
        for event in self._events.values():
            event.set()

    def hear(self, hop: Hop, partition: int) -> None:
        """Somebody far rang: wake the reader if the partition is ours."""
        if self._owns(hop, partition):
            self.wake(hop, partition)

    def receive(self, hop: Hop, news: News) -> None:
        """Somebody far handed it over: it is for the reader if the partition is ours."""
        if self._owns(hop, news.partition):
            self._take(hop, news)

    def _take(self, hop: Hop, news: News) -> None:
        handed = self._rung[hop].news
        if len(handed) < MOST_HANDED:
            handed.append(news)
            self._events[hop].set()
        else:
            self.wake(hop, news.partition)

    async def rung(self, hop: Hop, within: float) -> Rung:
        """What there is for `hop`; empty when nothing came within so many seconds."""
        event = self._events[hop]
        if not event.is_set():
            try:
                async with asyncio.timeout(within):
                    await event.wait()
            except TimeoutError:
                return Rung()
        event.clear()
        rung, self._rung[hop] = self._rung[hop], Rung()
        return rung


def id_of(name: bytes) -> Id:
    """The id of a stream entry, "1526919030474-0", to be compared; NOTHING for an empty one."""
    if not name:
        return NOTHING
    milliseconds, _, number = name.partition(b"-")
    return int(milliseconds), int(number)
