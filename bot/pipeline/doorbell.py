"""Wakes the reader of a hop when there is something for it, in this process or another."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.pipeline.messages import Event, Message

log = structlog.get_logger()

Hop = str  # "inbox", "outbox:web", "journal" ...
Id = tuple[int, int]  # of a stream entry, as it is compared
NOTHING: Id = (0, 0)

CHANNEL = "hotline:{bell}"
AGAIN_AFTER = 0.5  # seconds between attempts while Redis is away


@dataclass(frozen=True, slots=True)
class News:
    """An entry that was just put into a stream, for the reader who then need not fetch it."""

    partition: int
    id: bytes
    packed: bytes
    thing: Event | Message  # what was packed
    before: bytes  # id of the last entry that the stream held already; empty if it held none
    session: bytes | None = None  # the visitor's, when it was read along


@dataclass(slots=True)
class Rung:
    """What there is for the reader of one hop."""

    partitions: set[int] = field(default_factory=set)  # to be looked at
    news: list[News] = field(default_factory=list)  # in the order in which it was put there


class Doorbell:
    """One bell a hop, rung with the partition that has news.

    A ring for a partition that this process does not own is passed to `far`.
    """

    def __init__(self, owns: Callable[[int], bool], far: Callable[[Hop, int], None]) -> None:
        self._owns = owns
        self._far = far
        self._rung: defaultdict[Hop, Rung] = defaultdict(Rung)
        self._events: defaultdict[Hop, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, hop: Hop, partition: int) -> None:
        """There is something new for `hop` in `partition`."""
        if self._owns(partition):
            self.wake(hop, partition)
        else:
            self._far(hop, partition)

    def hand(self, hop: Hop, news: News) -> None:
        """Ring, and say right away what there is."""
        if self._owns(news.partition):
            self._rung[hop].news.append(news)
            self._events[hop].set()
        else:
            self._far(hop, news.partition)

    def wake(self, hop: Hop, partition: int) -> None:
        """Wake this process's reader of `hop`."""
        self._rung[hop].partitions.add(partition)
        self._events[hop].set()

    def hear(self, hop: Hop, partition: int) -> None:
        """Somebody far rang: wake the reader if the partition is ours."""
        if self._owns(partition):
            self.wake(hop, partition)

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


class FarBell:
    """Carries rings between processes over Redis. `run` must be running.

    A ring that is lost costs a second, no message: readers also look by themselves.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._out: set[tuple[Hop, int]] = set()
        self._some = asyncio.Event()

    def ring(self, hop: Hop, partition: int) -> None:
        """Tell the owner of the partition, whoever that is; many rings go in one message."""
        self._out.add((hop, partition))
        self._some.set()

    async def run(self, bell: Doorbell) -> None:
        """Pass rings on in both directions until cancelled, through every restart of Redis."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._tell())
            both.create_task(self._listen(bell))

    async def _tell(self) -> None:
        while not _is_cancelled():
            await self._some.wait()
            self._some.clear()
            out, self._out = self._out, set()
            with _patiently("told"):
                await self._redis.publish(CHANNEL, ",".join(f"{p} {hop}" for hop, p in out))

    async def _listen(self, bell: Doorbell) -> None:
        while not _is_cancelled():
            with _patiently("heard"):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as news:
                    await news.subscribe(CHANNEL)
                    async for message in news.listen():
                        for ring in message["data"].decode().split(","):
                            partition, _, hop = ring.partition(" ")
                            bell.hear(hop, int(partition))
            await asyncio.sleep(AGAIN_AFTER)


def id_of(name: bytes) -> Id:
    """The id of a stream entry, "1526919030474-0", to be compared; NOTHING for an empty one."""
    if not name:
        return NOTHING
    milliseconds, _, number = name.partition(b"-")
    return int(milliseconds), int(number)


@contextmanager
def _patiently(what: str) -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning(f"bell.not_{what}", error=type(error).__name__)


def _is_cancelled() -> bool:
    """redis-py may swallow a cancellation that reaches it in mid-call; the task remembers it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
