"""What the address of the list asks for, read whoever wrote it, and written again for links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from dialogs.jobs import Search
from dialogs.work import ANYWHERE, WorkType

LONGEST_WORDS = 40  # characters
MOST_WORDS = 4
MOST_PAGES = 9999
PAYS = (2000, 3000, 4000, 5000, 6000, 8000, 10000)  # yuan a month, to choose from
AWAY = "away"  # in place of a county: outside Xingtai


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen on the page; empty: anything."""

    words: str = ""
    county: str = ""
    trade: str = ""
    kind: str = ""
    pay: int = 0
    housing: bool = False
    meals: bool = False
    page: int = 1

    def search(self) -> Search:
        """The same for the store."""
        return Search(
            counties=(self.county,) if self.county and self.county != AWAY else (),
            away=(ANYWHERE,) if self.county == AWAY else (),
            occupations=(self.trade,) if self.trade else (),
            work_type=WorkType(self.kind) if self.kind else None,
            housing=self.housing,
            meals=self.meals,
            pay_min=self.pay or None,
            words=tuple(self.words.split()[:MOST_WORDS]),
        )

    def query(self, page: int = 1) -> str:
        """The address's query for a page of the same, "" for the first page of everything."""
        pairs = {
            "q": self.words,
            "county": self.county,
            "trade": self.trade,
            "kind": self.kind,
            "pay": str(self.pay or ""),
            "housing": "1" if self.housing else "",
            "meals": "1" if self.meals else "",
            "page": str(page) if page > 1 else "",
        }
        chosen = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""


def read_filters(
    query: Mapping[str, str], counties: frozenset[str], trades: frozenset[str]
) -> Filters:
    """The filters of a query; what is not to be chosen counts for nothing."""
    county, trade, kind = (query.get(name, "") for name in ("county", "trade", "kind"))
    return Filters(
        words=" ".join(query.get("q", "")[:LONGEST_WORDS].replace("\0", "").split()),
        county=county if county in counties or county == AWAY else "",
        trade=trade if trade in trades else "",
        kind=kind if kind in set(WorkType) else "",
        pay=min(_number(query.get("pay", "")), 100_000),
        housing=query.get("housing") == "1",
        meals=query.get("meals") == "1",
        page=min(_number(query.get("page", "")) or 1, MOST_PAGES),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
