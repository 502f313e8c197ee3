"""Takers: whom a new opening fits exactly, found by looking only at those who could take it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np

from bot.jobs.crowd import Crowd, Indexes, Numbers, Register, indexes
from bot.jobs.distance import Land, Wanted
from bot.jobs.related import Trade
from bot.jobs.rules import KINDS, by_place
from bot.jobs.stock import Stock
from bot.jobs.tables import BY_GUISE, BY_TRADE, pay_weights, share

Shelf = tuple[str | None, int]  # a trade (None: any) and the number of a single place


class Takers:
    """A crowd by the trades and the places that each seeker wishes for."""

    def __init__(self, crowd: Crowd, land: Land) -> None:
        self._crowd = crowd
        self._land = land
        places = Register[Wanted]()
        trades: list[tuple[str | None, ...]] = [it or (None,) for it in crowd.trades]
        singles = [[places.number(one) for one in _single(it)] for it in crowd.wanted]
        rows = defaultdict[Shelf, list[int]](list)
        wanted = crowd.wanted_at[crowd.spot].tolist()
        for row, (trade, place) in enumerate(zip(crowd.trade.tolist(), wanted, strict=True)):
            for shelf in product(trades[trade], singles[place]):
                rows[shelf].append(row)
        self._shelves = {shelf: indexes(it) for shelf, it in rows.items()}
        self._places = places.all()

    def of(self, stock: Stock) -> Indexes:
        """Whom (row of the crowd, in order) something of the stock fits exactly: to whom it may be
        news."""
        fits = np.zeros(len(self._crowd), dtype=np.bool_)
        for opening in range(len(stock)):
            for rows in self._fit(stock, opening):
                fits[rows] = True
        return np.flatnonzero(fits)

    def _fit(self, stock: Stock, opening: int) -> Iterator[Indexes]:
        """The seekers whom the opening (column) fits, by what they said of trades; a seeker may
        come twice."""
        it, crowd = stock.openings[opening], self._crowd
        places = self._fitting(it.county, it.away)
        for trade, stands in {it.occupation: Trade.SAME, None: Trade.UNSAID}.items():
            near = [self._shelves[trade, at] for at in places if (trade, at) in self._shelves]
            if near:
                rows = np.concatenate(near)
                by_trade = BY_TRADE[:, stands * len(KINDS) + stock.kind[opening]]
                by_guise = BY_GUISE[:, stock.guise[opening]]
                weights: Numbers = by_trade[crowd.stance[rows]] + by_guise[crowd.need[rows]]
                weights += pay_weights(crowd.pay[rows], stock.pay[opening : opening + 1])[:, 0]
                yield rows[weights >= 0]

    def _fitting(self, county: str | None, away: str | None) -> list[int]:
        """The single places for which a place is exactly right."""
        stands = (self._land.stands(it, county, away) for it in self._places)
        return [at for at, place in enumerate(stands) if share(by_place(place)) >= 0]


def _single(wanted: Wanted) -> list[Wanted]:
    """The places wished for, each alone: what is right for one of them is right. Who named none
    takes any, near home or not."""
    counties = [Wanted(counties=(it,)) for it in wanted.counties]
    return [*counties, *(Wanted(away=(it,)) for it in wanted.away)] or [Wanted()]
