"""Matching: for each seeker the openings that fit best, three if there are any.

Pure, and fast enough to plan for everybody at once: who wishes for the same trades is looked at
together, first against what fits exactly, and only who lacks something against all the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bot.jobs.crowd import Crowd, Indexes, Numbers
from bot.jobs.distance import Land
from bot.jobs.related import Trade
from bot.jobs.rules import KINDS
from bot.jobs.stock import Stock
from bot.jobs.tables import BY_GUISE, BY_TRADE, EXACT, pay_weights, place_table, trade_table
from dialogs.work import WorkType

WANTED = 3  # openings for each seeker
_CELLS = 1 << 18  # weights at once: they stay in the processor's cache
_ANY_TRADE = [KINDS[WorkType.AT_HOME], KINDS[WorkType.WELFARE]]  # kinds offered in other trades

Seen = Mapping[int, Collection[tuple[int, str]]]  # row of the crowd -> (number, digest)


@dataclass(frozen=True, slots=True)
class Plan:
    """For each seeker of a crowd (row) the best openings, best first."""

    openings: Numbers  # columns of the stock; -1 where there is none
    weights: Numbers  # of those; see `tables`
    found: Numbers  # how many there are, seen ones too; beyond three it may stop counting


def plan(crowd: Crowd, stock: Stock, land: Land, seen: Seen | None = None) -> Plan:
    """The best openings for everybody, without those they have seen."""
    size = (len(crowd), WANTED)
    made = Plan(
        np.full(size, -1, dtype=np.int32),
        np.zeros(size, dtype=np.int32),
        np.zeros(len(crowd), dtype=np.int32),
    )
    if len(crowd) and len(stock):
        _Planner(Scale(crowd, stock, land), made, _columns_seen(stock, seen or {})).run()
    return made


class Scale:
    """What each seeker of a crowd makes of each opening of a stock."""

    def __init__(self, crowd: Crowd, stock: Stock, land: Land) -> None:
        self.crowd = crowd
        self.stock = stock
        self.trades = trade_table(crowd.trades, stock.trades, stock.related)
        self._places = place_table(crowd, stock.sites, land)

    def weigh(self, seekers: Indexes, openings: Indexes, stands: Indexes) -> Numbers:
        """The weight of those openings (column) for those seekers (row). `stands`: how the
        openings' trades stand to what they all wish for."""
        crowd, stock = self.crowd, self.stock
        trade = stands * len(KINDS) + stock.kind[openings]
        weights = _cross(self._places, crowd.spot[seekers], stock.site[openings])
        weights += _cross(BY_TRADE, crowd.stance[seekers], trade)
        weights += _cross(BY_GUISE, crowd.need[seekers], stock.guise[openings])
        weights += pay_weights(crowd.pay[seekers], stock.pay[openings])
        weights += EXACT
        return weights


class _Planner:
    """Fills a plan: who wishes for the same trades, one group after the other."""

    def __init__(self, scale: Scale, made: Plan, seen: Mapping[int, Numbers]) -> None:
        self._scale = scale
        self._made = made
        self._seen = seen
        self._is_for_any = np.isin(scale.stock.kind, _ANY_TRADE)

    def run(self) -> None:
        trade = self._scale.crowd.trade
        order = np.argsort(trade, kind="stable")
        ends = np.cumsum(np.bincount(trade, minlength=len(self._scale.trades)))
        for group, seekers in enumerate(np.split(order, ends[:-1])):
            self._serve(seekers, self._scale.trades[group][self._scale.stock.trade])

    def _serve(self, seekers: Indexes, stands: Indexes) -> None:
        """Those who wish for the same: what fits exactly, then all for whoever lacks something."""
        is_same = stands >= Trade.SAME
        for is_likely in (is_same, is_same | (stands == Trade.RELATED) | self._is_for_any):
            openings = np.flatnonzero(is_likely)
            if len(openings) and len(seekers):
                parts = _parts(seekers, len(openings))
                lacking = [self._fill(part, openings, stands[openings]) for part in parts]
                seekers = np.concatenate(lacking)

    def _fill(self, seekers: Indexes, openings: Indexes, stands: Indexes) -> Indexes:
        """Note the best; the seekers whom fewer than three fit exactly."""
        made = self._made
        weights = self._scale.weigh(seekers, openings, stands)
        made.found[seekers] = np.count_nonzero(weights > 0, axis=1)
        self._hide_seen(seekers, openings, weights)
        rows = np.arange(len(seekers))
        for place in range(min(WANTED, len(openings))):
            best = weights.argmax(axis=1)
            heaviest = weights[rows, best]
            made.openings[seekers, place] = np.where(heaviest > 0, openings[best], -1)
            made.weights[seekers, place] = np.maximum(heaviest, 0)
            weights[rows, best] = 0
        lacking: Indexes = seekers[made.weights[seekers, WANTED - 1] < EXACT]
        return lacking

    def _hide_seen(self, seekers: Indexes, openings: Indexes, weights: Numbers) -> None:
        for row, seeker in enumerate(seekers.tolist()) if self._seen else ():
            if seeker in self._seen:
                weights[row, np.isin(openings, self._seen[seeker], assume_unique=True)] = 0


def _cross(table: Numbers, rows: Indexes, columns: Indexes) -> Numbers:
    """The table's cells where those rows and columns meet."""
    cells: Numbers = table.take(rows, axis=0).take(columns, axis=1, mode="clip")
    return cells


def _columns_seen(stock: Stock, seen: Seen) -> dict[int, Numbers]:
    known = {
        row: [stock.columns[it] for it in offered if it in stock.columns]
        for row, offered in seen.items()
    }
    return {row: np.array(sorted(it), dtype=np.int32) for row, it in known.items() if it}


def _parts(seekers: Indexes, columns: int) -> Iterator[Indexes]:
    size = max(1, _CELLS // columns)
    for first in range(0, len(seekers), size):
        yield seekers[first : first + size]
