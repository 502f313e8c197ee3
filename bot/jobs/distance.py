"""How far an opening is from where somebody wants to work: by county and town, as people say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from bot.jobs.directory import mapping
from dialogs.work import ANYWHERE


class Place(IntEnum):
    """How an opening's place stands to those that were wished for."""

    WRONG = 0
    NEIGHBOUR = 1  # a county that borders on one that was wished for
    TOWN = 2  # the very town
    COUNTY = 3  # a county that was wished for
    REST_OF_COUNTY = 4  # likewise, but a town was named and it is another
    AWAY = 5  # outside Xingtai, as wished
    # No place was wished for:
    HOME = 6  # their own county
    NEAR_HOME = 7
    SOMEWHERE = 8  # elsewhere in Xingtai
    FAR = 9  # outside Xingtai


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where somebody wants to work, and where they live if that is known."""

    counties: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    home: str | None = None  # a county
    has_towns: bool = False  # towns were named


@dataclass(frozen=True, slots=True)
class Land:
    """content/directory/neighbours.yaml: which counties border on each other."""

    neighbours: dict[str, frozenset[str]]

    @classmethod
    def load(cls, folder: Path) -> Land:
        """Read neighbours.yaml of the folder. Raises DirectoryError."""
        raw = mapping(folder / "neighbours.yaml")
        return cls({name: frozenset(map(str, listed)) for name, listed in raw.items()})

    def stands(self, wanted: Wanted, county: str | None, away: str | None) -> Place:
        """How a place in that county, or away, stands to what is wanted; towns left aside."""
        if county is None:
            return _away(wanted, away or "")
        if county in wanted.counties:
            return Place.REST_OF_COUNTY if wanted.has_towns else Place.COUNTY
        if wanted.counties:
            return Place.NEIGHBOUR if self._border(county, wanted.counties) else Place.WRONG
        if wanted.away:
            return Place.WRONG
        if county == wanted.home:
            return Place.HOME
        near = wanted.home is not None and self._border(county, [wanted.home])
        return Place.NEAR_HOME if near else Place.SOMEWHERE

    def _border(self, county: str, others: Iterable[str]) -> bool:
        return not self.neighbours.get(county, frozenset()).isdisjoint(others)


def _away(wanted: Wanted, place: str) -> Place:
    if not wanted.away:
        return Place.WRONG if wanted.counties else Place.FAR
    is_meant = ANYWHERE in wanted.away or any(
        place and (it in place or place in it) for it in wanted.away
    )
    return Place.AWAY if is_meant else Place.WRONG
