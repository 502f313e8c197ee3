"""One opening as a form: filled in from what is known, read by the rules that files are read by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.jobs.fields import Problem
from bot.jobs.opening_books import FIELDS, OpeningBooks
from bot.jobs.postings import Postings
from bot.sheets import Cell, Line
from dialogs.work import Opening

_BESIDE = {
    "no_title": "title",
    "no_employer": "employer",
    "no_place": "county",
    "elsewhere": "county",
    "over": "expires",
    "ends_before": "expires",
    "bad_pay": "pay",
    "bad_headcount": "headcount",
    "bad_phone": "phone",
}

Problems = Mapping[str, tuple[Problem, ...]]


class OpeningForms:
    """Writes and reads the form; its fields are FIELDS."""

    def __init__(self, postings: Postings, books: OpeningBooks) -> None:
        self._postings = postings
        self._books = books

    def headings(self) -> dict[str, str]:
        """What each field is called, in the order of the form."""
        return {name: self._postings.columns.heading(name) for name in FIELDS}

    def filled(self, opening: Opening) -> dict[str, str]:
        """What stands in the fields of a known opening."""
        return {name: _text(cell) for name, cell in self._books.cells(opening).items()}

    def read(self, told: Mapping[str, str], today: date) -> Opening | Problems:
        """The opening that the form tells of, without a number; or what is wrong, by field."""
        head = Line(1, tuple(self.headings().values()))
        row = Line(2, tuple(told.get(name, "").strip() or None for name in FIELDS))
        table = self._postings.read([head, row], today)
        if table.posted:
            return table.posted[0].opening
        if table.refused:
            return self._by_field(table.refused[0].reasons)
        return {"title": (Problem("openings.no_title"),)}  # the headings over again

    def _by_field(self, reasons: tuple[Problem, ...]) -> Problems:
        names = {heading: name for name, heading in self.headings().items()}
        found: dict[str, tuple[Problem, ...]] = {}
        for it in reasons:
            rule = it.words.rpartition(".")[2]
            name = _BESIDE.get(rule) or names.get(str(it.facts.get("column")), "title")
            found[name] = (*found.get(name, ()), it)
        return found


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
