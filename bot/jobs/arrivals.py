"""New openings: who wants to hear of them at once is found, without matching everybody anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import ZONE
from bot.jobs.board import LATE, Guide, Openings
from bot.jobs.crowd import Crowd
from bot.jobs.stock import Stock
from bot.jobs.takers import Takers
from bot.records.pushes import Pushes
from dialogs.work import Opening

LOOK_BACK = timedelta(days=2)  # at a start: what came while no service ran
AT_ONCE = 1000  # seekers in memory


class Arrivals:
    """Watches the list of openings."""

    def __init__(
        self, openings: Openings, pushes: Pushes, guide: Guide, clock: Callable[[], datetime]
    ) -> None:
        self._openings = openings
        self._pushes = pushes
        self._guide = guide
        self._clock = clock
        self._since = clock() - LOOK_BACK
        self._known: dict[int, str] = {}  # digests of what was looked at

    async def announce(self) -> None:
        """Make due whom a new or changed opening fits exactly and who has not been looked at since.
        A crash loses nothing: at the next start they are found again."""
        now = self._clock()
        fresh = await self._fresh(now)
        after, stock = 0, Stock(fresh, self._guide.trades)
        newest = await self._pushes.newest_opening() if fresh else None
        unaware = (newest or now) + LATE
        trades = frozenset(it.occupation for it in fresh if it.occupation)
        while fresh and (crowd := await self._pushes.at_once(trades, after, unaware, AT_ONCE)):
            after = crowd[-1].seeker
            seekings = Crowd([self._guide.seeking(it) for it in crowd])
            takers = Takers(seekings, self._guide.land).of(stock)
            await self._pushes.make_due([crowd[row].seeker for row in takers.tolist()], now)
        self._known.update({it.number: it.digest for it in fresh})
        self._since = now

    async def _fresh(self, now: datetime) -> list[Opening]:
        """What was put in or changed lately and not looked at yet."""
        today = now.astimezone(ZONE).date()
        return [
            it
            for it in await self._openings.changed_since(self._since - LATE)
            if it.may_be_offered(today) and self._known.get(it.number) != it.digest
        ]
