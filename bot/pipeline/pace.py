"""How fast we may send: a bucket a bot and a bucket a chat, shared by all processes in Redis."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bot.channels.delivery import Pace
from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, LuaScript
from bot.pipeline.messages import Lane
from bot.pipeline.partitions import Keys

BULK_WAITS = 0.05  # seconds ahead that bulk may reserve; so long may it keep a reply waiting

_pace = LuaScript.load("pace")
_pause = LuaScript.load("pause")


class Bucket:
    """Lets `rate` messages a second pass, `burst` of them at once (GCRA).

    A reservation never goes back; a pause makes those who wait ask again.
    """

    def __init__(self, line: Line, key: str, rate: float, burst: int, closing: Closing) -> None:
        self._line = line
        self._closing = closing
        self._key = key
        self._interval = int(1e6 / rate)
        self._tolerance = self._interval * (burst - 1)
        self._paused_until = 0.0

    async def take(self, lane: Lane = Lane.INTERACTIVE) -> None:
        """Wait until one message may pass, or the service is stopping. Raises StorageDown."""
        longest = int(BULK_WAITS * 1e6) if lane is Lane.BULK else -1
        while not self._closing:
            asked = time.monotonic()
            args = (self._interval, self._tolerance, longest)
            wait = await self._line.script(_pace, [self._key], *args)
            if wait:
                await self._closing.sleep(abs(wait) / 1e6)
            if wait >= 0 and self._paused_until <= asked:
                return

    async def pause(self, seconds: float) -> None:
        """Let nothing pass for so long."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)
        await self._line.script(_pause, [self._key], int(seconds * 1e6), self._tolerance)


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
        self._line = line
        self._closing = closing
        self._pace = pace
        self._jitter = jitter
        # In any one second at most `rate` messages pass: the burst is part of it.
        burst = max(1, int(pace.rate / 100))
        rate = max(0.5, pace.rate - burst)
        self._bot = Bucket(line, f"hotline:{{{channel}}}:pace", rate, burst, closing)
        self._chat_paused = ("", 0.0)

    async def take(self, urn: str, lane: Lane) -> None:
        """Wait until a message to this visitor may be sent."""
        await self._chat(urn).take()
        await self._bot.take(lane)

    async def slow_down(self, urn: str, seconds: float) -> None:
        """The network said 429. It does not say whose limit it was: take it for the chat's, and for
        the bot's when another chat hears the same while the first one waits."""
        seconds += self._jitter() * 0.1 * min(seconds, 10.0)
        other, until = self._chat_paused
        if other not in ("", urn) and until > time.monotonic():
            await self._bot.pause(seconds)
        self._chat_paused = (urn, time.monotonic() + seconds)
        await self._chat(urn).pause(seconds)

    def _chat(self, urn: str) -> Bucket:
        # Only the process that owns the visitor's partition sends to them, one message at a time:
        # the object carries no state worth keeping, the key does.
        key = Keys.of(urn).key("pace", urn)
        pace = self._pace
        return Bucket(self._line, key, pace.chat_rate, pace.chat_burst, self._closing)
