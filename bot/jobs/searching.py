"""Openings as visitors look through them: a sentence becomes a search, and when nothing fits all of
it, what comes nearest is shown and what was let go of is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from bot.jobs.directory import mapping
from bot.jobs.distance import Land
from bot.jobs.related import Trade, Trades
from dialogs.jobs import Listed, Page, Search, pay_a_month
from dialogs.work import Opening, PayUnit, Wish

LONGEST_WORD = 8  # characters
_RUN = re.compile(r"[一-鿿A-Za-z]{2,}")
_SUFFIX = re.compile(r"[县区市镇乡]$")


class Store(Protocol):
    """Where openings are kept."""

    async def find(self, search: Search, today: date, page: int = 1, size: int = 5) -> Page:
        """What may be offered and fits."""
        ...

    async def get(self, number: int) -> Opening | None:
        """The opening, whatever its state."""
        ...


class Reader(Protocol):
    """Reads sentences about work."""

    def wish(self, text: str) -> Wish:
        """What a sentence says."""
        ...

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of trades, each with its trades."""
        ...


@dataclass(frozen=True, slots=True)
class Wider:
    """A search that asks for less than was asked, and what it lets go of."""

    search: Search
    let_go: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is near: counties, trades, and the words that mean nothing in a search."""

    land: Land
    trades: Trades
    noise: re.Pattern[str]

    @classmethod
    def load(cls, folder: Path) -> Surroundings:
        """Read content/directory. Raises DirectoryError."""
        lines = mapping(folder / "searching.yaml")["noise"]
        words = sorted((it for line in lines for it in line.split()), key=len, reverse=True)
        noise = re.compile("|".join(map(re.escape, words)))
        return cls(Land.load(folder), Trades.load(folder), noise)


class Searching:
    """The openings, looked through. What dialogs.jobs calls a board."""

    def __init__(
        self, store: Store, reader: Reader, near: Surroundings, today: Callable[[], date]
    ) -> None:
        self._store = store
        self._reader = reader
        self._near = near
        self._today = today

    def search_of(self, text: str) -> Search:
        """What a sentence looks for; a trade that the directory does not know, by its word."""
        wish = self._reader.wish(text)
        pay = None if wish.pay_min is None else pay_a_month(wish.pay_min, wish.pay_unit)
        return Search(
            counties=wish.counties,
            towns=wish.towns,
            away=wish.away,
            occupations=wish.occupations,
            work_type=wish.work_type,
            housing=bool(wish.housing),
            meals=bool(wish.meals),
            pay_min=None if wish.pay_unit is PayUnit.PIECE else pay,
            words=() if wish.occupations else self._words(text, wish),
        )

    async def look(self, search: Search, page: int, size: int) -> Listed:
        """That page of what fits; when nothing does, of the first wider search that finds some."""
        today = self._today()
        found = await self._store.find(search, today, page, size)
        if found.total:
            return Listed(search, found)
        for wider in self._wider(search):
            near = await self._store.find(wider.search, today, page, size)
            if near.total:
                return Listed(wider.search, near, wider.let_go)
        return Listed(search, found)

    async def get(self, number: int) -> Opening | None:
        """The opening, if it may be shown today."""
        opening = await self._store.get(number)
        return opening if opening is not None and opening.may_be_offered(self._today()) else None

    def _words(self, text: str, wish: Wish) -> tuple[str, ...]:
        for place in (*wish.counties, *wish.towns, *wish.away):
            text = text.replace(place, " ").replace(_SUFFIX.sub("", place), " ")
        runs = _RUN.findall(self._near.noise.sub(" ", text))
        return tuple(run[:LONGEST_WORD] for run in runs[:1])

    def _wider(self, search: Search) -> Iterator[Wider]:
        """What asks for less, by little steps."""
        bare = replace(search, work_type=None, housing=False, meals=False, pay_min=None)
        if bare == search:
            yield from self._steps(search)
            return
        yield Wider(bare, ("terms",))
        for strict, loose in zip(self._steps(search), self._steps(bare), strict=True):
            yield strict
            yield replace(loose, let_go=("terms", *loose.let_go))

    def _steps(self, search: Search) -> Iterator[Wider]:
        if search.towns:
            yield Wider(replace(search, towns=()), ("town",))
        if search.counties:
            around = self._around(search.counties)
            yield Wider(replace(search, towns=(), counties=around), ("near",))
        related = self._related(search.occupations)
        if related:
            yield Wider(replace(search, towns=(), occupations=related), ("trade",))
        if search.counties or search.away:
            yield Wider(replace(search, towns=(), counties=(), away=()), ("place",))
        if search.occupations or search.words:
            yield Wider(replace(search, towns=(), occupations=(), words=()), ("work",))

    def _around(self, counties: Iterable[str]) -> tuple[str, ...]:
        around = {near for it in counties for near in self._near.land.neighbours.get(it, ())}
        return tuple(sorted(around | set(counties)))

    def _related(self, occupations: tuple[str, ...]) -> tuple[str, ...]:
        if not occupations:
            return ()
        every = (it for names in self._reader.groups().values() for it in names)
        stands = self._near.trades.stands
        return tuple(it for it in every if stands(occupations, it) is Trade.RELATED)
