"""How many messages may pass in a second, shared by all processes in Redis: each reserves a moment,
and one that passed later than that is counted when it did.

They pass evenly. Time in which nobody was ready is made up for, as far as any one second allows.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from math import ceil, inf

from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import Lane

SECOND = 1.003  # what counts as one: clocks differ a little
EVENLY = 0.997  # of the limit: what is late now and then has room
CREDIT = 0.1  # seconds that may be made up for
MOST_COUNTED = 10_000  # messages a second: a rate above that limits nothing
BULK_WAITS = 0.03  # seconds ahead that bulk may reserve; so long may it keep a reply waiting
AT_ONCE = 100  # messages of the bulk that reserve together
CREEP = 1e-6  # seconds that the clocks may drift apart between two looks

_pace = LuaScript.load("pace")
_pause = LuaScript.load("pause")


@dataclass(frozen=True, slots=True)
class Place:
    """The moment at which a message may pass."""

    moment: int  # microseconds, by the clock of Redis
    due: float  # time.monotonic


class Bucket:
    """Lets `rate` messages a second pass. A pause makes those who wait ask again; those who ask at
    the same time reserve together."""

    def __init__(self, line: Line, key: str, rate: float, closing: Closing) -> None:
        self._line = line
        self._closing = closing
        self._key = key
        self._limit = max(1, int(rate)) if rate <= MOST_COUNTED else 0
        self._interval = int(1e6 / rate / EVENLY)
        self._paused_until = dict.fromkeys(Lane, 0.0)
        self._turn = asyncio.Lock()
        self._asking: list[asyncio.Future[Place]] = []
        self._queue: deque[asyncio.Future[Place]] = deque()  # of the bulk
        self._ask_at = 0.0  # time.monotonic
        self._changes: defaultdict[int, int] = defaultdict(int)  # moment: how many more
        self._ahead = inf  # seconds: time.monotonic before the clock of Redis

    async def take(self, lane: Lane = Lane.INTERACTIVE, lead: float = 0.0) -> Place | None:
        """Wait until so long before one message may pass; None: the service is stopping. Raises
        StorageDown."""
        while not self._closing:
            asked = time.monotonic()
            place = await (self._in_turn() if lane is Lane.BULK else self._together())
            if place is None:
                return None
            await self._until(place.due - lead)
            if self._paused_until[lane] <= asked:
                return place
            self.give_back(place)
        return None

    async def come(self, place: Place) -> None:
        """Wait for the moment itself, or for the service to stop."""
        await self._until(place.due)

    def give_back(self, place: Place) -> None:
        """It did not pass."""
        self._changes[place.moment] -= 1

    def passed(self, place: Place, at: float) -> None:
        """It passed at another moment (time.monotonic)."""
        moment = ceil((at - self._ahead) * 1e3) * 1000
        if moment > place.moment:
            self._changes[place.moment] -= 1
            self._changes[moment] += 1

    async def pause(self, seconds: float, lane: Lane = Lane.INTERACTIVE) -> None:
        """Let nothing pass for so long; BULK: nothing that was not asked for."""
        until = time.monotonic() + seconds
        for one in (lane, Lane.BULK):
            self._paused_until[one] = max(self._paused_until[one], until)
        if lane is Lane.BULK:
            await self._line.call("SET", f"{self._key}:bulk", 1, "PX", max(1, int(seconds * 1e3)))
        else:
            args = (int(seconds * 1e6), int(SECOND * 1e6))
            await self._line.script(_pause, [self._key], *args)

    async def _until(self, due: float) -> None:
        wait = due - time.monotonic()
        if wait > BULK_WAITS:
            await self._closing.sleep(wait)
        elif wait > 0:
            await asyncio.sleep(wait)

    async def _in_turn(self) -> Place | None:
        """One asks for all who wait and may pass soon, the others wait behind."""
        mine: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._queue.append(mine)
        try:
            async with self._turn:
                while not mine.done() and not self._closing:
                    await self._let_some_pass()
        finally:
            if not mine.done():
                mine.cancel()
        return None if mine.cancelled() else mine.result()

    async def _let_some_pass(self) -> None:
        """Reserve for the first of the queue, as soon as it is worth asking."""
        await self._until(self._ask_at)
        self._queue = deque(it for it in self._queue if not it.done())
        many = min(len(self._queue), AT_ONCE)
        again, places = await self._reserve(many, BULK_WAITS)
        for place in places:
            while self._queue and (first := self._queue.popleft()):
                if not first.done():  # else they gave up
                    first.set_result(place)
                    break
            else:
                self.give_back(place)
        self._ask_at = again - BULK_WAITS * 2 / 3

    async def _together(self) -> Place:
        mine: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._asking.append(mine)
        if len(self._asking) > 1:  # the first asks for all
            return await mine
        asking = self._asking
        try:
            await asyncio.sleep(0)  # let those who ask in this moment join
            self._asking = []
            _, places = await self._reserve(len(asking), None)
        except BaseException as error:
            if self._asking is asking:
                self._asking = []
            down = error if isinstance(error, Exception) else StorageDown("not asked")
            for future in asking[1:]:
                if not future.done():
                    future.set_exception(down)
            raise
        for future, place in zip(asking, places, strict=True):
            if future.done():
                self.give_back(place)
            else:
                future.set_result(place)
        return mine.result()

    async def _reserve(self, many: int, longest: float | None) -> tuple[float, list[Place]]:
        """When it is worth asking again (time.monotonic), and places: `many` or, of those that are
        no longer away than `longest`, as many as there are."""
        changes, self._changes = self._changes, defaultdict(int)
        rest, within = (CREDIT, -1.0) if longest is None else (0.0, longest)
        seconds = (CREDIT, rest, within)
        args = (self._limit, int(SECOND * 1e6), self._interval, *(int(it * 1e6) for it in seconds))
        told = [part for moment, more in changes.items() if more for part in (moment, more)]
        keys = [self._key] if longest is None else [self._key, f"{self._key}:bulk"]
        asked = time.monotonic()
        now, again, *moments = await self._line.script(_pace, keys, *args, many, *told)
        ahead = self._clock(now / 1e6, asked)
        return again / 1e6 + ahead, [Place(it, it / 1e6 + ahead) for it in moments]

    def _clock(self, now: float, asked: float) -> float:
        """How far time.monotonic is ahead of the clock of Redis, as the quickest answer told."""
        least, most = asked - now, time.monotonic() - now
        self._ahead = min(most, max(least, self._ahead + CREEP))
        return self._ahead
