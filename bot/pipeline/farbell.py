"""Carries rings, and what is handed over with them, from process to process over Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.pipeline.doorbell import Doorbell, Hop, News

log = structlog.get_logger()

CHANNEL = "hotline:{bell}"
AGAIN_AFTER = 0.5  # seconds between attempts while Redis is away
LOOK_UP = 1.0  # seconds after which a cancellation that was swallowed is noticed

_UNKNOWN = b"?"  # a session that was not read along


class FarBell:
    """The bells of the other processes. `run` must be running.

    What is lost on the way costs a second, no message: readers also look by themselves.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._rings: set[bytes] = set()
        self._news: list[bytes] = []
        self._some = asyncio.Event()

    def ring(self, hop: Hop, partition: int) -> None:
        """Tell the owner of the partition, whoever that is; many rings go in one message."""
        self._rings.add(_ring(hop, partition))
        self._some.set()

    def hand(self, hop: Hop, news: News) -> None:
        """Ring, and say right away what there is."""
        packed = _packed(hop, news)
        if packed is None:
            self.ring(hop, news.partition)
        else:
            self._news.append(packed)
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
            told = b"\n".join((*self._news, *self._rings))
            self._rings, self._news = set(), []
            with _patiently("told"):
                await self._redis.publish(CHANNEL, told)

    async def _listen(self, bell: Doorbell) -> None:
        while not _is_cancelled():
            with _patiently("heard"):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as news:
                    await news.subscribe(CHANNEL)
                    while not _is_cancelled():
                        message = await news.get_message(timeout=LOOK_UP)
                        if message is not None:
                            for told in message["data"].split(b"\n"):
                                _hear(bell, told)
            await asyncio.sleep(AGAIN_AFTER)


def _ring(hop: Hop, partition: int) -> bytes:
    return b"%d %s" % (partition, hop.encode())


def _packed(hop: Hop, news: News) -> bytes | None:
    """The news in one line; None when it cannot be told so (an operator may have edited a session,
    and JSON may have lines and tabs between its values)."""
    session = _UNKNOWN if news.session is None else news.session
    fields = (_ring(hop, news.partition), news.id, news.before, session, news.packed)
    packed = b"\t".join(fields)
    is_plain = packed.count(b"\t") == len(fields) - 1 and b"\n" not in packed
    return packed if is_plain else None


def _hear(bell: Doorbell, told: bytes) -> None:
    ring, *fields = told.split(b"\t")
    number, _, name = ring.partition(b" ")
    partition, hop = int(number), name.decode()
    if not fields:
        return bell.hear(hop, partition)
    entry, before, session, packed = fields
    read_along = None if session == _UNKNOWN else session
    bell.receive(hop, News(partition, entry, packed, None, before, read_along))
    return None


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
