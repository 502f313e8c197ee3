"""Seekers as columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from bot.jobs.distance import Wanted
from bot.jobs.hours import read_hours
from bot.jobs.rules import KINDS, monthly, youth
from dialogs.work import Wish

Key = TypeVar("Key", bound=Hashable)
Numbers = npt.NDArray[np.int32]
Indexes = npt.NDArray[np.intp]
Towns = frozenset[str]
Spot = tuple[int, Towns]  # the number of a `Wanted`, and which towns there are best


@dataclass(frozen=True, slots=True)
class Seeking:
    """A wish, with what else of a seeker the rules look at."""

    wish: Wish
    county: str | None = None  # where they live
    town: str | None = None
    is_eligible: bool = False  # for public-welfare posts: a category of difficulty is known
    age: int | None = None  # only if it was told

    @property
    def spot(self) -> tuple[Wanted, Towns]:
        """Where they want to work; where they live counts if that says nothing else."""
        wish, home = self.wish, self.county
        lives_there = home in wish.counties or not (wish.counties or wish.away)
        towns = wish.towns or ((self.town,) if self.town and lives_there else ())
        is_open = not (wish.counties or wish.away)
        wanted = Wanted(wish.counties, wish.away, home if is_open else None, bool(wish.towns))
        return wanted, frozenset(towns)

    @property
    def stance(self) -> int:
        """Kind of work and eligibility, as a row of `tables.BY_TRADE`."""
        kind = self.wish.work_type
        return 2 * (0 if kind is None else 1 + KINDS[kind]) + self.is_eligible

    @property
    def need(self) -> int:
        """Board, lodging, hours and the law's limits, as a row of `tables.BY_GUISE`."""
        wish = self.wish
        young = youth(self.age if wish.age is None else wish.age)
        board = 2 * (wish.housing is True) + (wish.meals is True)
        return (board * 4 + read_hours(wish.hours)) * 3 + young


class Register(Generic[Key]):
    """Different things, numbered in the order of their coming."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int] = {}

    def number(self, key: Key) -> int:
        """The thing's number, a new one when it is new."""
        return self._numbers.setdefault(key, len(self._numbers))

    def all(self) -> list[Key]:
        """Every thing, by its number."""
        return list(self._numbers)


class Crowd:
    """Seekers, a row each."""

    def __init__(self, seekings: Sequence[Seeking]) -> None:
        trades, spots, wanted = Register[tuple[str, ...]](), Register[Spot](), Register[Wanted]()
        self.trade = indexes(trades.number(it.wish.occupations) for it in seekings)
        places = (it.spot for it in seekings)
        self.spot = indexes(spots.number((wanted.number(it), towns)) for it, towns in places)
        self.stance = indexes(it.stance for it in seekings)
        self.need = indexes(it.need for it in seekings)
        self.pay = numbers(monthly(it.wish.pay_min, it.wish.pay_unit) for it in seekings)
        self.trades = trades.all()
        self.wanted = wanted.all()
        self.wanted_at = indexes(number for number, _ in spots.all())  # by spot
        self.spots_of = _by_town(spots.all())

    def __len__(self) -> int:
        return len(self.pay)


def _by_town(spots: Sequence[Spot]) -> dict[str | None, Indexes]:
    """The spots for which a town is one of the best."""
    found: dict[str | None, list[int]] = {}
    for number, (_, towns) in enumerate(spots):
        for town in towns:
            found.setdefault(town, []).append(number)
    return {town: indexes(it) for town, it in found.items()}


def numbers(values: Iterable[int]) -> Numbers:
    """A column of whole numbers."""
    return np.fromiter(values, dtype=np.int32)


def indexes(values: Iterable[int]) -> Indexes:
    """A column of places in a table."""
    return np.fromiter(values, dtype=np.intp)
