"""Openings as columns, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.crowd import Register, indexes, numbers
from bot.jobs.hours import Hours, read_hours
from bot.jobs.related import Trades
from bot.jobs.rules import KINDS, monthly
from dialogs.work import Opening

Site = tuple[str | None, str | None, str | None]  # county, away, town
_KNOWN = {None: 0, False: 1, True: 2}


class Stock:
    """Openings that may be offered, a column each."""

    def __init__(self, openings: Sequence[Opening], trades: Trades) -> None:
        self.openings = sorted(openings, key=lambda it: it.number, reverse=True)
        offered, sites = Register[str | None](), Register[Site]()
        self.trade = indexes(offered.number(it.occupation) for it in self.openings)
        self.kind = indexes(KINDS[it.work_type] for it in self.openings)
        self.guise = indexes(guise(it, trades) for it in self.openings)
        self.site = indexes(sites.number((it.county, it.away, it.town)) for it in self.openings)
        self.pay = numbers(highest(it) for it in self.openings)
        self.trades = offered.all()
        self.sites = sites.all()
        self.columns = {(it.number, it.digest): at for at, it in enumerate(self.openings)}
        self.related = trades

    def __len__(self) -> int:
        return len(self.openings)


def highest(opening: Opening) -> int:
    """The most it pays, by the month."""
    return monthly(max(opening.pay_min or 0, opening.pay_max or 0), opening.pay_unit)


def is_for_adults(opening: Opening, trades: Trades) -> bool:
    """Whether who is not 18 yet may not do it: a dangerous trade or night work."""
    return opening.occupation in trades.not_under_18 or Hours.NIGHT in read_hours(opening.hours)


def guise(opening: Opening, trades: Trades) -> int:
    """Board, lodging, hours and the law's limits, as a column of `tables.BY_GUISE`."""
    board = 3 * _KNOWN[opening.housing] + _KNOWN[opening.meals]
    return (board * 4 + read_hours(opening.hours)) * 2 + is_for_adults(opening, trades)
