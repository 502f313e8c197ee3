"""The filters of the list of conversations: read from an address, and written into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from multidict import MultiMapping

from bot.records.crowds import Crowd, Kind
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
NAMES = ("begin", "end", "county", *_TAGS, "longer", "unread", "plan", "second", "whose", "which",
         "from", "to", "q")  # fmt: skip

NARROWED = ("plan", "whose", "which", "from", "to")  # those that no field of the form shows


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
            second=given.get("second", ""),
            crowd=self._crowd,
        )

    @property
    def _crowd(self) -> Crowd | None:
        given, kinds = self.given, {it.value for it in Kind}
        if given.get("whose") not in kinds:
            return None
        begin, end = (_day(given.get(it, "")) for it in ("from", "to"))
        return Crowd(Kind(given["whose"]), _number(given.get("which", "")), begin, end)

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
