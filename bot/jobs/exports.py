"""The ledger and its four lists (一台账、四清单) as staff know them, each a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from bot.jobs.categories import Category
from bot.masking import masked_name, masked_phone
from bot.records.lists import ENOUGH, LedgerLine
from bot.records.wishes import WishState
from bot.sheets import Cell, Sheet
from bot.words import Words
from dialogs.work import ANYWHERE, Opening

Column = tuple[str, Callable[[LedgerLine], Cell]]


class Book(StrEnum):
    """A list."""

    LEDGER = "ledger"  # 就业信息帮扶台账
    DEMAND = "demand"  # 岗位需求清单
    SUPPLY = "supply"  # 岗位供给清单
    DUTY = "duty"  # 责任分工清单
    RESULTS = "results"  # 帮扶效果清单


@dataclass(frozen=True, slots=True)
class Look:
    """How a list is written: in which words, which time, and whether who it is can be seen."""

    words: Words
    categories: Mapping[str, Category]
    zone: tzinfo | None = None  # None: this machine's
    is_open: bool = False  # names and telephone numbers in full


def sheet_of(book: Book, lines: Sequence[LedgerLine], look: Look) -> Sheet:
    """One list of people; of the demand only those who want work."""
    columns = _columns(look)
    chosen: list[Column] = [(name, columns[name]) for name in _LISTED[book]]
    if book is Book.DEMAND:
        lines = [line for line in lines if line.wants_work]
    header = tuple(look.words.say(f"ledger.column_{name}") for name, _ in chosen)
    rows = [[value(line) for _, value in chosen] for line in lines]
    return Sheet(look.words.say(f"ledger.title_{book}"), header, rows)


def supply_sheet(openings: Sequence[Opening], words: Words) -> Sheet:
    """The list of the openings (岗位供给清单)."""
    rows = [
        [it.number, it.title, it.occupation, it.employer, it.away or it.county, it.town,
         it.pay_min, it.pay_max, it.pay_unit, it.work_type, it.headcount, it.contact, it.phone,
         it.published, it.expires, words.say(f"ledger.opening_{it.state}")]
        for it in openings
    ]  # fmt: skip
    header = tuple(words.say(f"ledger.column_{name}") for name in _SUPPLY)
    return Sheet(words.say("ledger.title_supply"), header, rows)


_WHO = ("number", "name", "phone", "county", "town", "village")
_WISH = ("occupations", "places", "pay", "pay_unit", "work_type", "housing", "meals", "hours")
_CHARGE = ("station", "officer")
_LISTED: dict[Book, tuple[str, ...]] = {
    Book.LEDGER: (*_WHO, "age", "category", *_WISH, "training", *_CHARGE, "state", "registered",
                  "offered", "applied", "served", "placed_at", "employer", "is_example"),
    Book.DEMAND: (*_WHO, "category", *_WISH, "training", "confirmed", "found", "is_short",
                  *_CHARGE),
    Book.DUTY: (*_WHO, "category", *_CHARGE, "state", "served", "offered", "applied", "is_short"),
    Book.RESULTS: (*_WHO, "category", *_CHARGE, "offered", "applied", "job", "employer",
                   "placed_at", "stayed_1", "stayed_3", "stayed_6", "is_stable", "state"),
}  # fmt: skip
_SUPPLY = (
    "number", "job", "trade", "employer", "county", "town", "pay", "pay_max", "pay_unit",
    "work_type", "headcount", "contact", "phone", "published", "expires", "state",
)  # fmt: skip


def _columns(look: Look) -> dict[str, Callable[[LedgerLine], Cell]]:
    return {**_person(look), **_wanted(look), **_came_of_it(look)}


def _person(look: Look) -> dict[str, Callable[[LedgerLine], Cell]]:
    def shown(value: str | None, mask: Callable[[str | None], str | None]) -> str | None:
        return value if look.is_open else mask(value)

    def category(line: LedgerLine) -> str | None:
        known = look.categories.get(line.seeker.category or "")
        return line.seeker.category if known is None else known.title

    return {
        "number": lambda line: line.seeker.number,
        "name": lambda line: shown(line.seeker.name, masked_name),
        "phone": lambda line: shown(line.seeker.phone, masked_phone),
        "county": lambda line: line.seeker.county,
        "town": lambda line: line.seeker.town,
        "village": lambda line: line.seeker.village,
        "age": lambda line: line.seeker.age,
        "category": category,
        "station": lambda line: line.seeker.station,
        "officer": lambda line: line.seeker.officer,
        "state": lambda line: look.words.say(f"ledger.state_{line.seeker.state}"),
        "registered": lambda line: _local(line.seeker.registered_at, look),
        "is_example": lambda line: _yes(line.seeker.is_example or None, look),
    }


def _wanted(look: Look) -> dict[str, Callable[[LedgerLine], Cell]]:
    return {
        "occupations": lambda line: _listed(line.wish and line.wish.occupations),
        "places": lambda line: _places(line, look),
        "pay": lambda line: line.wish and line.wish.pay_min,
        "pay_unit": lambda line: line.wish and line.wish.pay_unit,
        "work_type": lambda line: line.wish and line.wish.work_type,
        "housing": lambda line: _yes(line.wish and line.wish.housing, look),
        "meals": lambda line: _yes(line.wish and line.wish.meals, look),
        "hours": lambda line: line.wish and line.wish.hours,
        "training": lambda line: line.wish and line.wish.training,
        "confirmed": lambda line: _local(line.confirmed_at, look),
        "found": lambda line: line.found,
        "is_short": lambda line: _yes(_is_short(line) or None, look),
    }


def _came_of_it(look: Look) -> dict[str, Callable[[LedgerLine], Cell]]:
    def stayed(months: int) -> Callable[[LedgerLine], Cell]:
        def told(line: LedgerLine) -> Cell:
            answer = line.stayed.get(months)
            return None if answer is None else look.words.say(f"ledger.stayed_{answer}")

        return told

    return {
        "offered": lambda line: line.offered,
        "applied": lambda line: line.applied,
        "served": lambda line: _local(line.last_service, look),
        "job": lambda line: line.placed and line.placed.title,
        "employer": lambda line: line.placed and line.placed.employer,
        "placed_at": lambda line: _local(line.placed and line.placed.at, look),
        "stayed_1": stayed(1),
        "stayed_3": stayed(3),
        "stayed_6": stayed(6),
        "is_stable": lambda line: _yes(line.is_stable, look),
    }


def _is_short(line: LedgerLine) -> bool:
    return line.wish_state is WishState.ACTIVE and line.found is not None and line.found < ENOUGH


def _places(line: LedgerLine, look: Look) -> str | None:
    if line.wish is None:
        return None
    away = tuple(look.words.say("ledger.anywhere") if it == ANYWHERE else it
                 for it in line.wish.away)  # fmt: skip
    return _listed((*line.wish.counties, *line.wish.towns, *away))


def _listed(values: tuple[str, ...] | None) -> str | None:
    return "、".join(values) if values else None


def _yes(value: bool | None, look: Look) -> str | None:
    return None if value is None else look.words.say(f"ledger.{'yes' if value else 'no'}")


def _local(at: datetime | None, look: Look) -> datetime | None:
    return None if at is None else at.astimezone(look.zone)
