"""The part of the region that a member of staff may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

NOWHERE = "-"  # no county is called so


@dataclass(frozen=True, slots=True)
class Scope:
    """Counties, and within them towns; nothing named means the whole region.

    What belongs to no known county is seen only by those who see everything.
    """

    counties: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is hidden."""
        return not self.counties

    def covers(self, county: str | None, town: str | None = None) -> bool:
        """Whether something in that place may be seen."""
        if self.is_whole:
            return True
        return county in self.counties and (not self.towns or town in self.towns)

    def narrowed(self, county: str) -> Scope:
        """The part of it in that county; all of it for no county. Where it does not reach, nothing
        is to be seen."""
        if not county:
            return self
        inside = self.is_whole or county in self.counties
        return Scope(frozenset({county if inside else NOWHERE}), self.towns)

    def within(
        self,
        county: InstrumentedAttribute[Any] | ColumnElement[Any],
        town: InstrumentedAttribute[Any] | ColumnElement[Any] | None = None,
    ) -> ColumnElement[bool]:
        """The same as a condition of a query."""
        if self.is_whole:
            return true()
        in_county = county.in_(sorted(self.counties))
        if not self.towns or town is None:
            return in_county
        return and_(in_county, town.in_(sorted(self.towns)))


EVERYWHERE = Scope()
