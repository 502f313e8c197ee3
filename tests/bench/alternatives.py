"""The rules of matching as one PostgreSQL query and as pandas, to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pandas as pd
import psutil

from bot.jobs.crowd import Crowd, Seeking
from bot.jobs.distance import Place
from bot.jobs.hours import read_hours
from bot.jobs.matching import WANTED
from bot.jobs.related import Trade
from bot.jobs.rules import KINDS, monthly, youth
from bot.jobs.stock import Stock, highest, is_for_adults
from bot.jobs.tables import BY_GUISE, BY_TRADE, place_table, trade_table
from dialogs.work import Opening
from tests.jobs.made import LAND, TRADES

QUERY = (Path(__file__).parent / "matching.sql").read_text(encoding="utf-8")
TABLES = """
CREATE TABLE opening (number int, trade int, kind int, region int, county int, away int, town int,
    pay int, housing bool, meals bool, hours int, adults bool);
CREATE TABLE seeker (id int, trades int[], related int[], likely int[], kind int, eligible bool,
    counties int[], near int[], towns int[], away int[], regions int[], home int, has_away bool,
    has_towns bool, pay int, housing bool, meals bool, hours int, youth int);
"""
INDEXES = """
CREATE INDEX ON opening (trade, region);
CREATE INDEX ON opening (kind, region);
CREATE INDEX ON opening (number);
CREATE INDEX ON seeker USING gin (likely);
ANALYZE;
"""
Chosen = list[list[tuple[int, int, int]]]  # each seeker's (number, let go, points), best first


class Names:
    """Names as numbers."""

    def __init__(self) -> None:
        self.known: dict[object, int] = {}

    def of(self, name: object) -> int | None:
        return None if name is None else self.known.setdefault(name, len(self.known))

    def all_of(self, names: Iterable[object]) -> list[int]:
        return [number for name in names if (number := self.of(name)) is not None]


class Query:
    """The query, over tables filled and indexed beforehand."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    @classmethod
    async def over(
        cls,
        connection: asyncpg.Connection[Any],
        seekings: Sequence[Seeking],
        jobs: Sequence[Opening],
    ) -> Query:
        """Fill the tables."""
        await connection.execute(TABLES)
        rows = _Rows(jobs)
        await connection.copy_records_to_table("opening", records=[rows.opening(it) for it in jobs])
        seekers = [rows.seeker(number, it) for number, it in enumerate(seekings)]
        await connection.copy_records_to_table("seeker", records=seekers)
        await connection.execute(INDEXES)
        return cls(connection)

    async def plan(self, seekers: int) -> Chosen:
        """What each of the first so many seekers gets."""
        found = await self._connection.fetch(f"{QUERY} WHERE s.id < {seekers}")
        chosen: Chosen = [[] for _ in range(seekers)]
        for seeker, *best in found:
            chosen[seeker].append(tuple(best))
        return [sorted(it, key=lambda best: (best[1], -best[2], -best[0])) for it in chosen]

    async def takers(self, number: int) -> int:
        """How many the opening fits exactly, looked for among those who may take its trade."""
        one = QUERY.replace("WHERE (o.trade", f"WHERE o.number = {number} AND (o.trade")
        likely = f"s.likely @> (SELECT ARRAY[trade] FROM opening WHERE number = {number})"
        found = await self._connection.fetch(f"{one} WHERE best.let_go = 0 AND {likely}")
        return len(found)

    async def peak_mb(self) -> float:
        """The most memory the query's process had."""
        return peak_mb(await self._pid())

    async def processor_seconds(self) -> float:
        """Used so far by the query's process, and by those that helped it and are gone."""
        process = psutil.Process(await self._pid())
        server = process.parent()
        assert server is not None
        own, helpers = process.cpu_times(), server.cpu_times()
        return own.user + own.system + helpers.children_user + helpers.children_system

    async def _pid(self) -> int:
        return int(await self._connection.fetchval("SELECT pg_backend_pid()"))


class _Rows:
    """Seekers and openings as rows of the tables."""

    def __init__(self, jobs: Sequence[Opening]) -> None:
        self._trades, self._places, self._towns = Names(), Names(), Names()
        self._offered = sorted({it.occupation for it in jobs}, key=str)
        self._regions = sorted({(it.county, it.away) for it in jobs}, key=str)
        for region in self._regions:
            self._places.of(region)

    def opening(self, it: Opening) -> tuple[object, ...]:
        return (
            it.number, self._trades.of(it.occupation or ""), KINDS[it.work_type],
            self._places.of((it.county, it.away)), self._places.of(it.county),
            self._places.of(it.away), self._towns.of(it.town), highest(it), it.housing, it.meals,
            int(read_hours(it.hours)), is_for_adults(it, TRADES),
        )  # fmt: skip

    def seeker(self, number: int, it: Seeking) -> tuple[object, ...]:
        wish, (wanted, towns) = it.wish, it.spot
        age = it.age if wish.age is None else wish.age
        stands = {name: TRADES.stands(wish.occupations, name) for name in self._offered}
        related = [name for name, how in stands.items() if how is Trade.RELATED]
        likely = [name or "" for name, how in stands.items() if how is not Trade.OTHER]
        regions = [it for it in self._regions if LAND.stands(wanted, *it) is not Place.WRONG]
        away = [place for county, place in regions if county is None]
        bases = wish.counties or ((wanted.home,) if wanted.home else ())
        near = set().union(*(LAND.neighbours[base] for base in bases)) - set(bases)
        return (
            number, self._trades.all_of(wish.occupations), self._trades.all_of(related),
            self._trades.all_of(likely), None if wish.work_type is None else KINDS[wish.work_type],
            it.is_eligible, self._places.all_of(wish.counties), self._places.all_of(near),
            self._towns.all_of(towns), self._places.all_of(away), self._places.all_of(regions),
            self._places.of(wanted.home), bool(wish.away), bool(wish.towns),
            monthly(wish.pay_min, wish.pay_unit), wish.housing is True, wish.meals is True,
            int(read_hours(wish.hours)), int(youth(age)),
        )  # fmt: skip


class Frames:
    """The rules in pandas: seekers and openings merged by trade, a thousand seekers at a time."""

    CHUNK = 1000

    def __init__(self, seekers: pd.DataFrame, crowd: Crowd, stock: Stock) -> None:
        """`seekers`: the crowd as `frame_of` makes it."""
        self.places = place_table(crowd, stock.sites, LAND)
        stands = trade_table(crowd.trades, stock.trades, TRADES)
        self.stands = stands
        self.openings = pd.DataFrame(
            {
                "number": [it.number for it in stock.openings],
                "trade": stock.trade,
                "kind": stock.kind,
                "guise": stock.guise,
                "site": stock.site,
                "paid": stock.pay,
            }
        )
        self.seekers = seekers
        wishes, trades = np.nonzero(stands)
        self.likely = pd.DataFrame({"wishes": wishes, "trade": trades})
        self.any_trade = self.openings[self.openings.kind.isin([2, 4])]

    def plan(self, seekers: int) -> Chosen:
        """What each of the first so many seekers gets."""
        best = pd.concat(
            self._best(self.seekers[first : min(first + self.CHUNK, seekers)])
            for first in range(0, seekers, self.CHUNK)
        )
        chosen: Chosen = [[] for _ in range(seekers)]
        columns = zip(best.seeker, best.number, best.let_go, best.points, strict=True)
        for seeker, *rest in columns:
            chosen[seeker].append(tuple(int(it) for it in rest))
        return chosen

    def takers(self) -> int:
        """How many the one opening fits exactly, looked for among those who wish for its trade."""
        same = self.seekers[self.stands[self.seekers.wishes, 0] >= Trade.SAME]
        weighed = self._weighed(same.merge(self.openings, how="cross"))
        return int((weighed.let_go == 0).sum())

    def _best(self, seekers: pd.DataFrame) -> pd.DataFrame:
        by_trade = seekers.merge(self.likely, on="wishes").merge(self.openings, on="trade")
        rest = seekers.merge(self.any_trade, how="cross")
        rest = rest[self.stands[rest.wishes, rest.trade] == Trade.OTHER]
        pairs = self._weighed(pd.concat([by_trade, rest]))
        order = {"seeker": True, "let_go": True, "points": False, "number": False}
        best = pairs.sort_values(list(order), ascending=list(order.values()))
        return best.groupby("seeker").head(WANTED)

    def _weighed(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """The pairs that are not ruled out, with what is let go and points."""
        stands = self.stands[pairs.wishes, pairs.trade]
        weight = BY_TRADE[pairs.stance, stands * len(KINDS) + pairs.kind]
        weight = weight + self.places[pairs.spot, pairs.site] + BY_GUISE[pairs.need, pairs.guise]
        pairs = pairs.assign(weight=weight)[weight > -(1 << 20)]
        wanted, paid = pairs.wanted, pairs.paid
        cases = [
            (wanted == 0) & (paid == 0), wanted == 0, paid == 0, paid * 4 >= wanted * 5,
            paid >= wanted, paid * 5 >= wanted * 4,
        ]  # fmt: skip
        pay = np.select(cases, [100, 150, 100, 200, 170, 60 - 4 * 1024], -(1 << 24))
        pairs = pairs.assign(weight=pairs.weight + pay)[pairs.weight + pay > -(1 << 20)]
        return pairs.assign(let_go=-(pairs.weight // 1024), points=pairs.weight % 1024)


def frame_of(crowd: Crowd) -> pd.DataFrame:
    """The seekers, a row each."""
    return pd.DataFrame(
        {
            "seeker": np.arange(len(crowd)),
            "wishes": crowd.trade,
            "spot": crowd.spot,
            "stance": crowd.stance,
            "need": crowd.need,
            "wanted": crowd.pay,
        }
    )


def peak_mb(pid: int | str = "self") -> float:
    """The most memory a process has had."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1000
