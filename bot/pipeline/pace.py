"""How fast we may send: a bucket a bot, shared by all processes in Redis, and a bucket a chat, kept
by the one process that owns the visitor's partition and so alone sends to them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable

from bot.channels.delivery import Pace
from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import Lane

SECOND = 1.006  # what counts as one: the network's clock sees some messages late
MOST_COUNTED = 10_000  # messages a second: a rate above that limits nothing
BULK_WAITS = 0.05  # seconds ahead that bulk may reserve; so long may it keep a reply waiting
MOST_CHATS = 10_000  # buckets held before those that are full again are dropped

_Place = asyncio.Future[tuple[float, float]]
_pace = LuaScript.load("pace")
_pause = LuaScript.load("pause")


class Bucket:
    """Lets `rate` messages a second pass, `burst` of them at once (GCRA).

    A reservation never goes back; a pause makes those who wait ask again. Those who ask at the same
    time reserve together.
    """

    def __init__(self, line: Line, key: str, rate: float, burst: int, closing: Closing) -> None:
        self._line = line
        self._closing = closing
        self._key = key
        self._interval = int(1e6 / rate)
        self._tolerance = self._interval * (burst - 1)
        self._paused_until = dict.fromkeys(Lane, 0.0)
        self._turn = asyncio.Lock()
        self._asking: list[asyncio.Future[float]] = []
        self._queue: deque[_Place] = deque()  # of the bulk

    async def take(self, lane: Lane = Lane.INTERACTIVE) -> None:
        """Wait until one message may pass, or the service is stopping. Raises StorageDown."""
        while not self._closing:
            asked = time.monotonic()
            if lane is Lane.BULK:
                asked, due = await self._reserve_in_turn()
                wait = (due - time.monotonic()) * 1e6
            else:
                wait = await self._reserve_together()
            if wait > 0:
                await self._closing.sleep(wait / 1e6)
            if self._paused_until[lane] <= asked:
                return

    async def pause(self, seconds: float, lane: Lane = Lane.INTERACTIVE) -> None:
        """Let nothing pass for so long; BULK: nothing that was not asked for."""
        until = time.monotonic() + seconds
        for one in (lane, Lane.BULK):
            self._paused_until[one] = max(self._paused_until[one], until)
        if lane is Lane.BULK:
            await self._line.call("SET", f"{self._key}:bulk", 1, "PX", max(1, int(seconds * 1e3)))
        else:
            await self._line.script(_pause, [self._key], int(seconds * 1e6), self._tolerance)

    async def _reserve_in_turn(self) -> tuple[float, float]:
        """When the bucket was asked, and when one may pass. One asks for all who wait and may pass
        soon, the others wait behind."""
        mine: _Place = asyncio.get_running_loop().create_future()
        self._queue.append(mine)
        try:
            async with self._turn:
                while not mine.done() and not self._closing:
                    await self._let_some_pass()
        finally:
            if not mine.done():
                mine.cancel()
        return (0.0, 0.0) if mine.cancelled() else mine.result()

    async def _let_some_pass(self) -> None:
        """Reserve for the first of the queue, or wait until there may be room."""
        self._queue = deque(it for it in self._queue if not it.done())
        longest, asked = int(BULK_WAITS * 1e6), time.monotonic()
        many = max(1, min(len(self._queue), longest // (2 * self._interval)))
        wait = await self._reserve(many, longest - (many - 1) * self._interval)
        if wait < 0:
            return await self._closing.sleep(max(longest / 4, -wait - longest / 2) / 1e6)
        now = time.monotonic()
        for number in range(many):
            place = self._queue.popleft()
            if not place.done():  # else they gave up
                place.set_result((asked, now + (wait + number * self._interval) / 1e6))
        return None

    async def _reserve(self, many: int, longest: int) -> float:
        """Microseconds until the first of `many` may pass, each next one an interval later;
        negative and nothing reserved, when that is longer than allowed (-1: never too long)."""
        args = (self._interval, self._tolerance, longest, many)
        keys = [self._key] if longest < 0 else [self._key, f"{self._key}:bulk"]
        return float(await self._line.script(_pace, keys, *args))

    async def _reserve_together(self) -> float:
        mine: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._asking.append(mine)
        if len(self._asking) > 1:  # the first asks for all
            return await mine
        asking = self._asking
        try:
            await asyncio.sleep(0)  # let those who ask in this moment join
            self._asking = []
            first = await self._reserve(len(asking), -1)
        except BaseException as error:
            if self._asking is asking:
                self._asking = []
            down = error if isinstance(error, Exception) else StorageDown("not asked")
            for future in asking[1:]:
                if not future.done():
                    future.set_exception(down)
            raise
        for number, future in enumerate(asking):
            if not future.done():
                future.set_result(max(0.0, first + number * self._interval))
        return max(0.0, first)


class Turnstile:
    """Lets so many pass in any second, whatever delay has brought them together. What this process
    sends passes it last of all."""

    def __init__(self, most: int, closing: Closing) -> None:
        self._passed: deque[float] = deque(maxlen=most)  # time.monotonic
        self._closing = closing

    async def take(self) -> None:
        """Wait until one may pass, or the service is stopping."""
        passed = self._passed
        while len(passed) == passed.maxlen and not self._closing:
            left = passed[0] + SECOND - time.monotonic()
            if left <= 0:
                break
            await self._closing.sleep(max(left, 0.001))
        passed.append(time.monotonic())


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
        # In any one second at most `rate` messages pass: the burst is part of it.
        burst = max(1, int(pace.rate / 166))
        rate = max(0.5, pace.rate - burst)
        self._bot = Bucket(line, f"hotline:{{{channel}}}:pace", rate, burst, closing)
        is_limit = pace.rate <= MOST_COUNTED
        self._turnstile = Turnstile(max(1, int(pace.rate)), closing) if is_limit else None
        self._chats = Chats(pace.chat_rate, pace.chat_burst, closing)
        self._chat_paused = dict.fromkeys(Lane, ("", 0.0))

    async def take(self, urn: str, lane: Lane) -> None:
        """Wait until a message to this visitor may be sent."""
        await self.take_of_chat(urn)
        await self.take_of_bot(lane)

    async def take_of_chat(self, urn: str) -> None:
        """Wait as the limit of this visitor's chat demands."""
        await self._chats.take(urn)

    async def take_of_bot(self, lane: Lane) -> None:
        """Wait as the limit that all share demands."""
        await self._bot.take(lane)

    async def leave(self) -> None:
        """Wait, right before the message goes, if too many others have just gone."""
        if self._turnstile is not None:
            await self._turnstile.take()

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
