"""A visitor as far as audiences ask, and whether they belong to one: what the tables are asked of
all, asked of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.records.conditions import And, Audience, Compare, Everybody, Feature, Has, Not, Or


@dataclass(frozen=True, slots=True)
class Profile:
    """A visitor, as far as audiences ask."""

    channel: str
    last_seen: datetime
    county: str | None = None
    town: str | None = None
    category: str | None = None
    trades: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    kind: str | None = None
    pay: int | None = None  # yuan a month
    ratings: frozenset[str] = frozenset()  # "yes", "no"
    reached: frozenset[int] = frozenset()  # numbers of campaigns
    applied: bool = False
    registered: bool = False
    wishing: bool = False


def is_in(audience: Audience, who: Profile, now: datetime) -> bool:
    """Whether a visitor belongs to it."""
    match audience:
        case Everybody():
            return True
        case Has():
            return _has(audience, who, now)
        case Not(part=part):
            return not is_in(part, who, now)
        case And(parts=parts):
            return all(is_in(part, who, now) for part in parts)
        case Or(parts=parts):
            return any(is_in(part, who, now) for part in parts)
        case _:
            assert_never(audience)


def _has(asked: Has, who: Profile, now: datetime) -> bool:
    match asked.feature:
        case Feature.APPLIED | Feature.REGISTERED | Feature.WISHING:
            return bool(getattr(who, asked.feature.value))
        case Feature.SEEN:
            longest = max(map(int, asked.values))
            return who.last_seen >= now - timedelta(days=min(longest, 36_500))
        case Feature.REACHED:
            return any(int(it) in who.reached for it in asked.values)
        case Feature.RATED:
            return not who.ratings.isdisjoint(asked.values)
        case Feature.TRADE:
            return not who.trades.isdisjoint(asked.values)
        case Feature.PLACE:
            return not who.places.isdisjoint(asked.values)
        case Feature.PAY:
            return any(_compared(who.pay, asked.compare, int(it)) for it in asked.values)
        case Feature.COUNTY | Feature.TOWN | Feature.KIND | Feature.CATEGORY | Feature.CHANNEL:
            return getattr(who, asked.feature.value) in asked.values
        case _:
            assert_never(asked.feature)


def _compared(pay: int | None, compare: Compare, value: int) -> bool:
    if pay is None:
        return False
    match compare:
        case Compare.IS:
            return pay == value
        case Compare.LEAST:
            return pay >= value
        case Compare.MOST:
            return pay <= value
        case _:
            assert_never(compare)
