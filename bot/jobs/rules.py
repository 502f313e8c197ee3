"""What counts in matching, and how much: the one place to read or change it.

Each part of a wish gives an opening points, or says what must be let go, or rules it out (None).
Sex never counts; age counts only where the law protects the young, and only if it was told.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple

from bot.jobs.distance import Place
from bot.jobs.hours import Hours
from bot.jobs.related import Trade
from dialogs.work import PayUnit, WorkType

MOST = 1000  # points of an opening that fits in everything
KINDS = {kind: number for number, kind in enumerate(WorkType)}
MOST_PAID = 10**8  # hundredths of a yuan a month; what is more counts as this
BY_THE_MONTH = {PayUnit.MONTH: 100, PayUnit.DAY: 2175, PayUnit.HOUR: 17400}
"""Hundredths of a yuan a month for one yuan: 21.75 days a month, 8 hours a day. Piece work cannot
be compared."""


class LetGo(IntFlag):
    """What of a wish is let go, in the order of the steps: a later one weighs more than all the
    earlier ones together. The names are keys of content/replies/matching.yaml."""

    RELATED = 1  # a related trade
    NEIGHBOUR = 2  # a neighbouring county
    LESS_PAY = 4  # down to four fifths
    AT_HOME = 8  # work at home, whatever the trade
    WELFARE = 16  # a public-welfare post, for those eligible


class Part(NamedTuple):
    """What one part of a wish says to an opening."""

    points: int
    let_go: LetGo = LetGo(0)


class Youth(IntEnum):
    """What the law says of an age, where it was told."""

    ADULT = 0
    YOUNG = 1  # 16 and 17: neither dangerous trades nor night work
    CHILD = 2  # under 16: no work at all


def youth(age: int | None) -> Youth:
    """What the law says of the age; who did not tell it counts as grown up."""
    if age is None or age >= 18:
        return Youth.ADULT
    return Youth.YOUNG if age >= 16 else Youth.CHILD


def by_youth(of: Youth, is_for_adults: bool) -> Part | None:
    """`is_for_adults`: a dangerous trade or night work."""
    is_barred = of is Youth.CHILD or (of is Youth.YOUNG and is_for_adults)
    return None if is_barred else Part(0)


def by_trade(
    trade: Trade, wished: WorkType | None, kind: WorkType, is_eligible: bool
) -> Part | None:
    """Trade and kind of work, which hang together: work at home and public-welfare posts are
    offered in other trades as well. `is_eligible`: for public-welfare posts."""
    if kind is WorkType.WELFARE:
        return _welfare(trade, wished, is_eligible)
    at_home = kind is WorkType.AT_HOME
    if wished not in (None, kind):
        if not (at_home and wished is WorkType.PART_TIME):
            return None
        return Part(_TRADE[trade], LetGo.AT_HOME)
    points = _TRADE[trade] + (60 if wished is None and kind is not WorkType.FULL_TIME else 80)
    if trade is Trade.OTHER:
        return Part(points, LetGo.AT_HOME) if at_home else None
    return Part(points, LetGo.RELATED if trade is Trade.RELATED else LetGo(0))


def _welfare(trade: Trade, wished: WorkType | None, is_eligible: bool) -> Part | None:
    if wished is WorkType.WELFARE:
        is_fit = trade in (Trade.SAME, Trade.UNSAID)
        return Part(_TRADE[trade] + 80, LetGo(0) if is_fit else LetGo.WELFARE)
    if wished is None and trade is Trade.SAME:  # trades that only such posts have
        return Part(_TRADE[trade] + 80)
    if is_eligible and wished in (None, WorkType.FULL_TIME):
        return Part(_TRADE[trade], LetGo.WELFARE)
    return None


def by_place(place: Place) -> Part | None:
    """Where the work is."""
    if place is Place.WRONG:
        return None
    return Part(_PLACE[place], LetGo.NEIGHBOUR if place is Place.NEIGHBOUR else LetGo(0))


def by_pay(wanted: int, paid: int) -> Part | None:
    """Both by the month (`monthly`); 0: not said, or not to be compared."""
    if not wanted or not paid:
        return Part(150 if paid and not wanted else 100)
    if paid * 4 >= wanted * 5:
        return Part(200)
    if paid >= wanted:
        return Part(170)
    return Part(60, LetGo.LESS_PAY) if paid * 5 >= wanted * 4 else None


def by_board(
    housing: bool | None, meals: bool | None, has_housing: bool | None, has_meals: bool | None
) -> Part | None:
    """Lodging that is demanded must be promised; board must at least not be denied."""
    if (housing and not has_housing) or (meals and has_meals is False):
        return None
    return Part((40 if has_housing else 25) + (30 if has_meals else 15))


def by_hours(wished: Hours, hours: Hours) -> Part:
    """Day or night."""
    if not wished or not hours:
        return Part(25)
    return Part(50 if wished & hours == hours else 25 if wished & hours else 0)


def monthly(pay: int | None, unit: PayUnit | None) -> int:
    """Pay in hundredths of a yuan a month; 0 when it is not known or cannot be compared. A sum
    without a unit is for a month."""
    return min((pay or 0) * BY_THE_MONTH.get(unit or PayUnit.MONTH, 0), MOST_PAID)


_TRADE = {Trade.SAME: 350, Trade.UNSAID: 350, Trade.RELATED: 200, Trade.OTHER: 100}
_PLACE = {
    Place.TOWN: 250,
    Place.COUNTY: 220,
    Place.REST_OF_COUNTY: 180,
    Place.AWAY: 220,
    Place.HOME: 220,
    Place.NEAR_HOME: 150,
    Place.SOMEWHERE: 80,
    Place.FAR: 40,
    Place.NEIGHBOUR: 120,
}
