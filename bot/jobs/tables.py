"""The rules as tables of weights: what a wish makes of an opening is one number.

A weight is the points, less 1024 for each unit of what is let go (`LetGo`), above `EXACT`. So
whatever lets less go weighs more, and among equals what has more points. What is ruled out weighs
less than nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from bot.jobs.crowd import Crowd, Indexes, Numbers, Register
from bot.jobs.distance import Land, Place
from bot.jobs.hours import Hours
from bot.jobs.related import Trade, Trades
from bot.jobs.rules import (
    KINDS,
    LetGo,
    Part,
    Youth,
    by_board,
    by_hours,
    by_pay,
    by_place,
    by_trade,
    by_youth,
)
from bot.jobs.stock import Site

STEP = 1024
EXACT = 32 * STEP  # what fits exactly does not weigh less
RULED_OUT = -(1 << 24)
_KNOWN, _YES = (None, False, True), (False, True)
TOWNS = frozenset({Place.COUNTY, Place.REST_OF_COUNTY, Place.HOME})  # may hold the very town


def let_go(weight: int) -> LetGo:
    """What a weight of something that is not ruled out lets go."""
    return LetGo((EXACT + STEP - 1 - weight) // STEP)


def points(weight: int) -> int:
    """The points in such a weight."""
    return weight % STEP


def share(part: Part | None) -> int:
    """A part's share of a weight."""
    return RULED_OUT if part is None else part.points - STEP * part.let_go


def trade_table(
    wished: Sequence[tuple[str, ...]], offered: Sequence[str | None], related: Trades
) -> Indexes:
    """How (`Trade`) each trade offered (column) stands to the trades wished for (row): as it does
    to the one of them it comes nearest to."""
    names = Register[str]()
    at = [[names.number(it) for it in wishes] for wishes in wished]
    single = np.array(
        [related.stands([name], trade) for name, trade in product(names.all(), offered)],
        dtype=np.intp,
    ).reshape(-1, len(offered))
    table = np.full((len(wished), len(offered)), Trade.UNSAID, dtype=np.intp)
    for row, trades in enumerate(at):
        if trades:
            table[row] = single[trades].max(axis=0)
    return table


def place_table(crowd: Crowd, sites: Sequence[Site], land: Land) -> Numbers:
    """The weight of each site (column) for each spot of the crowd (row)."""
    regions = list(dict.fromkeys((county, away) for county, away, _ in sites))
    region_of = {region: number for number, region in enumerate(regions)}
    stands = [land.stands(it, *region) for it, region in product(crowd.wanted, regions)]
    table = np.array(stands, dtype=np.intp).reshape(len(crowd.wanted), len(regions))
    by_site = table[:, [region_of[county, away] for county, away, _ in sites]]
    places = by_site.take(crowd.wanted_at, axis=0)
    for column, (_, _, town) in enumerate(sites):
        spots = crowd.spots_of.get(town)
        if spots is not None:
            places[spots[_HOLDS_TOWN[places[spots, column]]], column] = Place.TOWN
    return np.ascontiguousarray(_PLACES[places])  # rows are taken from it


def pay_weights(wanted: Numbers, paid: Numbers) -> Numbers:
    """The weight of each pay (column) for what each wants (row), both by the month."""
    want = wanted[:, None]
    steps = (paid >= (want * 4 + 4) // 5).view(np.int8)
    steps += paid >= want
    steps += paid >= (want * 5 + 3) // 4
    weights: Numbers = _PAID.take(steps)
    weights[:, paid == 0] = share(by_pay(1, 0))
    if not wanted.all():
        weights[wanted == 0] = np.where(paid, share(by_pay(0, 1)), share(by_pay(0, 0)))
    return weights


def _table(rows: int, parts: Iterable[int]) -> Numbers:
    return np.array(list(parts), dtype=np.int32).reshape(rows, -1)


def _guises() -> Iterable[int]:
    hours = [Hours(it) for it in range(4)]
    needs = product(_YES, _YES, hours, Youth)
    for (housing, meals, wished, young), (has_housing, has_meals, at, adults) in product(
        needs, list(product(_KNOWN, _KNOWN, hours, _YES))
    ):
        yield (
            share(by_board(housing, meals, has_housing, has_meals))
            + share(by_hours(wished, at))
            + share(by_youth(young, adults))
        )


_WISHED = (None, *KINDS)
BY_TRADE = _table(
    2 * len(_WISHED),  # Seeking.stance
    (
        share(by_trade(trade, wished, kind, is_eligible))
        for wished, is_eligible, trade, kind in product(_WISHED, _YES, Trade, KINDS)
    ),
)
BY_GUISE = _table(2 * 2 * 4 * len(Youth), _guises())  # Seeking.need, stock.guise
_HOLDS_TOWN = np.array([place in TOWNS for place in Place])
_PLACES = _table(1, (share(by_place(it)) for it in Place))[0]
_PAID = _table(1, (share(by_pay(100, it)) for it in (79, 80, 100, 125)))[0]
