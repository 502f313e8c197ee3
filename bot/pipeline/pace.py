"""How fast we may send: a bucket a bot, shared by all processes in Redis, and a bucket a chat, kept
by the one process that owns the visitor's partition and so alone sends to them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from math import inf

from bot.channels.delivery import Pace
from bot.pipeline.bucket import Bucket, Place
from bot.pipeline.closing import Closing
from bot.pipeline.line import Line
from bot.pipeline.messages import Lane

MOST_CHATS = 10_000  # buckets held before those that are full again are dropped
LEAD = 0.015  # seconds before its moment at which a message of the bulk is looked at once more
ON_THE_WAY = 0.1  # seconds that a message is taken to be longer on its way than the quickest
SLOWER = 1.0002  # how much longer the quickest takes, as long as none is as quick


class Chats:
    """The buckets of the visitors this process sends to.

    Another process begins with full ones. It takes over only after seconds, in which they would
    have filled up as well; a pause it has to be told anew.
    """

    def __init__(self, rate: float, burst: int, closing: Closing) -> None:
        self._interval = 1 / rate
        self._tolerance = (burst - 1) / rate
        self._closing = closing
        self._due: dict[str, float] = {}  # time.monotonic at which the bucket is full again

    async def take(self, urn: str) -> None:
        """Wait until a message to this visitor may pass, or the service is stopping."""
        while not self._closing:
            now = time.monotonic()
            due = max(self._due.get(urn, 0.0), now)
            if due - now <= self._tolerance:
                self._keep(urn, due + self._interval, now)
                return
            await self._closing.sleep(due - now - self._tolerance)

    def pause(self, urn: str, seconds: float) -> None:
        """Let nothing pass to this visitor for so long."""
        now = time.monotonic()
        until = now + seconds + self._tolerance
        self._keep(urn, max(until, self._due.get(urn, 0.0)), now)

    def _keep(self, urn: str, due: float, now: float) -> None:
        if len(self._due) >= MOST_CHATS:
            self._due = {it: then for it, then in self._due.items() if then > now}
        self._due[urn] = due


class Pacer:
    """The buckets of one channel."""

    def __init__(
        self,
        line: Line,
        channel: str,
        pace: Pace,
        closing: Closing,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`jitter`: a number from 0 to 1 that spreads those who were told to wait."""
        self._jitter = jitter
        self._bot = Bucket(line, f"hotline:{{{channel}}}:passing", pace.rate, closing)
        self._chats = Chats(pace.chat_rate, pace.chat_burst, closing)
        self._chat_paused = dict.fromkeys(Lane, ("", 0.0))
        self._quickest = inf  # seconds from the hand-over to the answer

    async def take(self, urn: str, lane: Lane) -> None:
        """Wait until a message to this visitor may be sent."""
        await self.take_of_chat(urn)
        await self.leave(await self.take_of_bot(lane))

    async def take_of_chat(self, urn: str) -> None:
        """Wait as the limit of this visitor's chat demands."""
        await self._chats.take(urn)

    async def take_of_bot(self, lane: Lane, calls: int = 1) -> list[Place]:
        """Wait as the limit that all share demands, but for the little while that it takes to get
        ready: a place for each call; fewer when the service is stopping."""
        lead = LEAD if lane is Lane.BULK else 0.0
        places = [await self._bot.take(lane, lead) for _ in range(calls)]
        return [it for it in places if it is not None]

    async def leave(self, places: Sequence[Place]) -> None:
        """Wait, right before the message goes, for its moment: the last of them."""
        if places:
            await self._bot.come(places[-1])

    def give_back(self, places: Sequence[Place]) -> None:
        """Nothing was handed over."""
        for place in places:
            self._bot.give_back(place)

    def arrived(self, places: Sequence[Place], handed_over: float) -> None:
        """The network has answered just now what was handed over then (time.monotonic). Whatever
        that took longer than the quickest answer, the message may have been on its way: the network
        counts it when it arrives."""
        now = time.monotonic()
        self._quickest = min(now - handed_over, self._quickest * SLOWER)
        for place in places:
            self._bot.passed(place, min(now - self._quickest, handed_over + ON_THE_WAY))

    async def slow_down(self, urn: str, seconds: float, lane: Lane = Lane.INTERACTIVE) -> None:
        """The network said 429. It does not say whose limit it was: take it for the chat's, and for
        the bot's when another chat hears the same while the first one waits. What was not asked for
        has a limit of its own, which keeps no reply waiting."""
        seconds += self._jitter() * 0.1 * min(seconds, 10.0)
        other, until = self._chat_paused[lane]
        if other not in ("", urn) and until > time.monotonic():
            await self._bot.pause(seconds, lane)
        self._chat_paused[lane] = (urn, time.monotonic() + seconds)
        self._chats.pause(urn, seconds)
