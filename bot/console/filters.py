"""The filters of the list of conversations: read from an address, and written into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from multidict import MultiMapping

from bot.records.lookups import Sought
from bot.records.pieces import Wanted, wanted
from bot.records.tables import Tag

LONGEST = 100  # characters of a filter
_TAGS = {
    "channel": Tag.CHANNEL,
    "script": Tag.SCRIPT,
    "outcome": Tag.OUTCOME,
    "policy": Tag.POLICY,
    "staff": Tag.STAFF,
    "label": Tag.LABEL,
    "score": Tag.SCORE,
    "rating": Tag.MARK,
    "mark": Tag.MARK,
}
NAMES = ("begin", "end", "county", *_TAGS, "longer", "unread", "plan", "q")


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for, by the names of the address."""

    given: dict[str, str]

    @classmethod
    def read(cls, query: MultiMapping[str]) -> Filters:
        """Whatever is understood; the rest of the address does not matter."""
        given = {name: query.get(name, "").strip()[:LONGEST] for name in NAMES}
        return cls({name: value for name, value in given.items() if value})

    @property
    def sought(self) -> Sought:
        """The same for the records."""
        given = self.given
        return Sought(
            begin=_day(given.get("begin", "")),
            end=_day(given.get("end", "")),
            county=given.get("county", ""),
            tags=tuple((tag, given[name]) for name, tag in _TAGS.items() if name in given),
            is_unread="unread" in given,
            at_least=60 * _number(given.get("longer", "")),
            plan=_number(given.get("plan", "")),
        )

    @property
    def words(self) -> Wanted | None:
        """The words that must have been said."""
        return wanted(self.given.get("q", ""))

    def address(self, **more: object) -> str:
        """The query of an address with these filters."""
        return urlencode({**self.given, **{name: str(it) for name, it in more.items()}})


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 9999 else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
