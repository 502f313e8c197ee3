"""The board: what is open now, indexed in memory, and matched for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.clock import ZONE
from bot.jobs.calendar import next_turn
from bot.jobs.categories import load_categories
from bot.jobs.crowd import Crowd, Seeking
from bot.jobs.distance import Land
from bot.jobs.matching import WANTED, plan
from bot.jobs.reasons import explained, facts
from bot.jobs.related import Trades
from bot.jobs.stock import Stock
from bot.records.offers import ASKED, Draft, Offers, Push
from bot.records.pushes import Candidate, Pushes, Turn
from dialogs.offers import Offered
from dialogs.work import Match, Opening, Pace, Wish

STALE_AFTER = timedelta(seconds=3)  # an opening is offered at most so long after it has changed
LATE = timedelta(minutes=1)  # a change may be stamped so long before it can be seen
ANEW_AFTER = timedelta(minutes=10)  # everything is read again, for what was deleted


class Openings(Protocol):
    """Where openings are kept."""

    async def open_ones(self, today: date) -> list[Opening]:
        """Everything that may be offered on that day."""
        ...

    async def changed_since(self, moment: datetime) -> list[Opening]:
        """Those put in or changed at that time or later, whatever their state."""
        ...

    async def get(self, number: int) -> Opening | None:
        """The opening of that number, whatever its state."""
        ...


@dataclass(frozen=True, slots=True)
class Guide:
    """What editors say of trades, places and categories of difficulty."""

    trades: Trades
    land: Land
    eligible: frozenset[str]  # categories for which public-welfare posts are looked for

    @classmethod
    def load(cls, folder: Path) -> Guide:
        """What content/directory says. Raises DirectoryError."""
        categories = load_categories(folder / "categories.yaml")
        eligible = frozenset(key for key, it in categories.items() if it.welfare)
        return cls(Trades.load(folder), Land.load(folder), eligible)

    def seeking(self, who: Candidate) -> Seeking:
        """What the rules look at of somebody."""
        is_eligible = who.category in self.eligible
        return Seeking(who.wish, who.county, who.town, is_eligible, who.age)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is for one seeker: up to three they have not seen, and how many in all."""

    matches: tuple[Match, ...]
    count: int

    @property
    def is_short(self) -> bool:
        """Whether there are fewer than three in all."""
        return self.count < WANTED


class Board:
    """Matches with what is open now."""

    def __init__(
        self,
        openings: Openings,
        offers: Offers,
        pushes: Pushes,
        guide: Guide,
        clock: Callable[[], datetime],
    ) -> None:
        self._openings = openings
        self._offers = offers
        self._pushes = pushes
        self._guide = guide
        self._clock = clock
        self._open: dict[int, Opening] = {}
        self._stock = Stock([], guide.trades)
        self._looked: datetime | None = None
        self._read: datetime | None = None
        self._turn = asyncio.Lock()

    async def offer(self, visitor: str, wish: Wish, key: str) -> Offered:
        """Up to three openings for a wish, none that the visitor was offered before. The same `key`
        gives the same again. Who is not in the ledger is offered too, but nothing is kept."""
        key = f"asked:{visitor}:{key}"
        before = await self._offers.of(key)
        who = await self._pushes.candidate(visitor)
        if before is not None:
            return await self._again(before, wish, who)
        asking = Candidate(0, visitor, wish, None, None, None, wish.age, Pace.NEVER, None)
        mine = asking if who is None else replace(who, wish=wish)
        [found] = await self.find([mine])
        if who is None:
            return Offered(0, found.matches, found.is_short)
        draft = Draft(who.seeker, key, ASKED, found.matches, found.count)
        [push] = await self._offers.keep([draft])
        await self._has_heard(who)
        return Offered(push.number, kept(push, found.matches), found.is_short)

    async def set_pace(self, visitor: str, pace: Pace) -> bool:
        """How often the visitor hears of openings unasked, from now on; False when they are not in
        the ledger."""
        who = await self._pushes.candidate(visitor)
        due = next_turn(pace, self._clock(), 0 if who is None else who.seeker)
        return await self._pushes.set_pace(visitor, pace, due)

    async def find(
        self, seekers: Sequence[Candidate], among: Collection[tuple[int, str]] | None = None
    ) -> list[Found]:
        """What there is for each, without what they were offered before. `among`: only of those
        openings (number, digest) that are still the same."""
        stock = await self.stock()
        if among is not None:
            left = [it for it in stock.openings if (it.number, it.digest) in among]
            stock = Stock(left, self._guide.trades)
        known = await self._offers.seen(it.seeker for it in seekers if it.seeker)
        seen = {row: known.get(it.seeker, []) for row, it in enumerate(seekers)}
        seekings = [self._guide.seeking(it) for it in seekers]
        made = plan(Crowd(seekings), stock, self._guide.land, seen)
        return [
            Found(tuple(self._explain(seeking, stock, columns, weights)), count)
            for seeking, columns, weights, count in zip(
                seekings, made.openings.tolist(), made.weights.tolist(), made.found.tolist(),
                strict=True,
            )
        ]  # fmt: skip

    async def stock(self) -> Stock:
        """What is open now, at most a few seconds late."""
        async with self._turn:
            now = self._clock()
            if self._looked is None or now - self._looked > STALE_AFTER:
                await self._look(now)
            return self._stock

    async def _look(self, now: datetime) -> None:
        """Read what has changed; everything, at the first time, each new day and now and then."""
        today = now.astimezone(ZONE).date()
        is_new_day = self._looked is None or self._looked.astimezone(ZONE).date() != today
        before = dict(self._open)
        if self._read is None or is_new_day or now - self._read > ANEW_AFTER:
            self._open = {it.number: it for it in await self._openings.open_ones(today)}
            self._read = now
        elif self._looked is not None:
            self._take_in(await self._openings.changed_since(self._looked - LATE), today)
        if self._open != before:
            openings = list(self._open.values())
            self._stock = await asyncio.to_thread(Stock, openings, self._guide.trades)
        self._looked = now

    def _take_in(self, changed: Iterable[Opening], today: date) -> None:
        for opening in changed:
            self._open.pop(opening.number, None)
            if opening.may_be_offered(today):
                self._open[opening.number] = opening

    def _explain(
        self, seeking: Seeking, stock: Stock, columns: Sequence[int], weights: Sequence[int]
    ) -> Iterable[Match]:
        guide = self._guide
        for column, weight in zip(columns, weights, strict=True):
            if column >= 0:
                opening = stock.openings[column]
                yield explained(seeking, opening, weight, guide.trades, guide.land)

    async def _again(self, push: Push, wish: Wish, who: Candidate | None) -> Offered:
        """A push that was kept before the service died."""
        matches = await self.as_kept(push)
        count = 0
        if who is not None:
            [found] = await self.find([replace(who, wish=wish)])
            count = found.count
            if who.due is not None and who.due <= self._clock():
                await self._has_heard(who)
        return Offered(push.number, matches, count < WANTED)

    async def _has_heard(self, who: Candidate) -> None:
        then = next_turn(who.pace, self._clock(), who.seeker)
        await self._pushes.end([Turn(who.seeker, who.due, then)])

    async def as_kept(self, push: Push) -> tuple[Match, ...]:
        """The openings of a push as they were offered; those that are gone are left out."""
        matches = []
        for offer in push.offers:
            opening = await self._openings.get(offer.opening)
            if opening is not None:
                matches.append(Match(opening, 0.0, offer.reasons, offer.widened, facts(opening)))
        return tuple(matches)


def kept(push: Push, matches: Iterable[Match]) -> tuple[Match, ...]:
    """Those of the matches that the push holds."""
    held = {(it.opening, it.digest) for it in push.offers}
    return tuple(it for it in matches if (it.opening.number, it.opening.digest) in held)
