"""People in tables of staff, read: columns under many names and in any order, each bad row told
with its line and the reason, the good ones kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.jobs.categories import Category
from bot.masking import without_secrets
from bot.records.roll import Newcomer
from bot.sheets import Cell, Line
from bot.words import Words
from dialogs.work import Wish

FIELDS = ("name", "phone", "county", "town", "village", "age", "category", "wish", "training",
          "station", "officer")  # fmt: skip
YOUNGEST, OLDEST = 16, 100
LONGEST = 100  # characters of a name or a place
MOST_TITLE_ROWS = 20  # above the header
_PHONE = re.compile(r"(?:(?:\+|00)?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})")
_APART = re.compile(r"[\s（）()：:*＊]")


class Reader(Protocol):
    """What a sentence says of work."""

    def wish(self, text: str) -> Wish:
        """The wish in it."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken; `words` is a key of content/replies."""

    line: int
    words: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class People:
    """What a table holds: every row below the header is either taken or refused."""

    taken: tuple[Newcomer, ...]
    refused: tuple[Refused, ...]
    lines: tuple[int, ...]  # of those taken, in their order


class NoHeader(Exception):
    """No row names a person's columns."""


class _Bad(Exception):
    def __init__(self, words: str, **facts: object) -> None:
        super().__init__(words)
        self.words = f"ledger.import_{words}"
        self.facts = facts


class Newcomers:
    """Reads tables of people."""

    def __init__(self, reader: Reader, categories: Mapping[str, Category], words: Words) -> None:
        self._reader = reader
        self._categories = categories
        self._fields = {
            _APART.sub("", name): field
            for field in FIELDS
            for name in words.say(f"ledger.import_{field}").split("|")
        }
        self._example = words.say("ledger.example_name")

    def read(self, lines: Sequence[Line]) -> People:
        """Everybody in the table. Raises NoHeader."""
        place, columns = self._header(lines)
        taken, refused, numbers = [], [], []
        for line in lines[place + 1 :]:
            try:
                taken.append(self._person(_texts(line, columns)))
                numbers.append(line.number)
            except _Bad as bad:
                refused.append(Refused(line.number, bad.words, bad.facts))
        return People(tuple(taken), tuple(refused), tuple(numbers))

    def _header(self, lines: Sequence[Line]) -> tuple[int, dict[str, int]]:
        for place, line in enumerate(lines[:MOST_TITLE_ROWS]):
            columns: dict[str, int] = {}
            for column, cell in enumerate(line.cells):
                field = self._fields.get(_APART.sub("", _plain(cell)))
                if field is not None:
                    columns.setdefault(field, column)
            if len(columns) > 1 and columns.keys() & {"name", "phone"}:
                return place, columns
        raise NoHeader

    def _person(self, told: Mapping[str, str]) -> Newcomer:
        if any(without_secrets(text) != text for text in told.values()):
            raise _Bad("identity")
        name, phone = told.get("name"), _phone(told.get("phone"))
        if name is None and phone is None:
            raise _Bad("nobody")
        age = _age(told.get("age"))
        return Newcomer(
            name=name,
            phone=phone,
            county=self._county(told.get("county")),
            town=told.get("town"),
            village=told.get("village"),
            age=age,
            category=self._category(told.get("category")),
            station=told.get("station"),
            officer=told.get("officer"),
            wish=self._wish(told, age),
            is_example=self._example in (name or ""),
        )

    def _county(self, told: str | None) -> str | None:
        if told is None:
            return None
        counties = self._reader.wish(told).counties
        if len(counties) != 1:
            raise _Bad("bad_county", county=told[:20])
        return counties[0]

    def _category(self, told: str | None) -> str | None:
        if told is None:
            return None
        for category in self._categories.values():
            if told in (category.key, category.title):
                return category.key
        known = [category.title for category in self._categories.values()]
        raise _Bad("bad_category", category=told[:20], known=known)

    def _wish(self, told: Mapping[str, str], age: int | None) -> Wish | None:
        wanted, training = told.get("wish"), told.get("training")
        if wanted is None and training is None:
            return None
        wish = Wish() if wanted is None else self._reader.wish(wanted)
        return replace(wish, age=age, training=training or wish.training)


def _texts(line: Line, columns: Mapping[str, int]) -> dict[str, str]:
    cells = line.cells
    found = {field: _plain(cells[at]) for field, at in columns.items() if at < len(cells)}
    short = {field: text[:LONGEST] for field, text in found.items() if field != "wish"}
    return {field: text for field, text in {**found, **short}.items() if text}


def _plain(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # Excel keeps a telephone number as a float
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def phone_in(told: str) -> str | None:
    """The telephone number that somebody wrote, without its gaps; None for anything else."""
    match = _PHONE.fullmatch(told)
    if match is None:
        return None
    return re.sub("[ -]", "", match[1]) if match[1].startswith("1") else match[1]


def _phone(told: str | None) -> str | None:
    if told is None:
        return None
    phone = phone_in(told)
    if phone is None:
        raise _Bad("bad_phone")
    return phone


def _age(told: str | None) -> int | None:
    if told is None:
        return None
    digits = told.removesuffix("岁").strip()
    if not digits.isdecimal() or len(digits) > 3 or not YOUNGEST <= int(digits) <= OLDEST:
        raise _Bad("bad_age")
    return int(digits)


def header(words: Words) -> Iterator[str]:
    """The header of the template: the first name of each column."""
    for field in FIELDS:
        yield words.say(f"ledger.import_{field}").split("|")[0]
