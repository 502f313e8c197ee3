"""What an audience is made of: conditions on visitors, joined by and, or, not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """What can be asked of a visitor; the words staff use for it are those of bot.jobs.audience."""

    COUNTY = "county"  # where they live
    TOWN = "town"
    TRADE = "trade"  # a trade they want
    PLACE = "place"  # a county where they want to work
    KIND = "kind"  # of work
    PAY = "pay"  # yuan a month that they want at least
    CATEGORY = "category"  # of difficulty
    CHANNEL = "channel"
    SEEN = "seen"  # said something within so many days
    REACHED = "reached"  # was sent that campaign
    RATED = "rated"  # their verdict on an answer: "yes", "no"
    APPLIED = "applied"  # for any opening
    REGISTERED = "registered"  # stands in the ledger
    WISHING = "wishing"  # has a wish for work that is open


FLAGS = frozenset({Feature.APPLIED, Feature.REGISTERED, Feature.WISHING})
NUMBERS = frozenset({Feature.PAY, Feature.SEEN, Feature.REACHED})
COMPARED = frozenset({Feature.PAY})


class Compare(StrEnum):
    """How a value is compared."""

    IS = "="
    LEAST = ">="
    MOST = "<="


@dataclass(frozen=True, slots=True)
class Everybody:
    """No condition at all."""


@dataclass(frozen=True, slots=True)
class Has:
    """The visitor has any of the values; a flag has no values, a number is one of digits."""

    feature: Feature
    values: tuple[str, ...] = ()
    compare: Compare = Compare.IS


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever is not in it."""

    part: Audience


@dataclass(frozen=True, slots=True)
class And:
    """Whoever is in all of two or more."""

    parts: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Whoever is in any of two or more."""

    parts: tuple[Audience, ...]


Audience = Everybody | Has | Not | And | Or
