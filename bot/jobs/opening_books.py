"""Openings as Excel files: the list as staff know it, and the template for those who fill it in.

What is written here can be taken in again by the intake, and says the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.jobs.columns import Columns
from bot.jobs.wording import Flag, Wording
from bot.sheets import Cell, Sheet, write_book
from bot.words import Words
from dialogs.work import Opening, PayUnit, WorkType

FIELDS = (
    "title", "employer", "occupation", "county", "town", "address", "pay", "work_type",
    "headcount", "housing", "meals", "hours", "requirements", "description", "contact", "phone",
    "published", "expires",
)  # fmt: skip
SAMPLE = {"title": "sample_title", "employer": "sample_employer"}


class OpeningBooks:
    """Writes the workbooks of openings."""

    def __init__(self, columns: Columns, wording: Wording, words: Words) -> None:
        self._columns = columns
        self._wording = wording
        self._words = words

    def listed(self, openings: Iterable[Opening]) -> bytes:
        """The openings with their numbers, states and flags."""
        header = (
            self._say("export_number"),
            self._say("export_state"),
            *map(self._columns.heading, FIELDS),
            self._say("export_flags"),
        )
        rows = [self._row(opening) for opening in openings]
        return write_book([Sheet(self._say("sheet"), header, rows)])

    def template(self) -> bytes:
        """An empty list with columns to fill in, and a sheet that says how."""
        header = tuple(map(self._columns.heading, FIELDS))
        yes_no = (self._say("given"), self._say("not_given"))
        choices = {
            self._columns.heading("work_type"): tuple(WorkType),
            self._columns.heading("housing"): yes_no,
            self._columns.heading("meals"): yes_no,
        }
        guide = [[self._columns.heading(it), self._say(f"guide_{it}")] for it in FIELDS]
        titles = (self._say("guide_column"), self._say("guide_how"))
        return write_book(
            [
                Sheet(self._say("sheet"), header, [], choices),
                Sheet(self._say("guide"), titles, guide),
            ]
        )

    def pay(self, opening: Opening) -> str:
        """The pay in a form that is read again."""
        low, high, unit = opening.pay_min, opening.pay_max, opening.pay_unit
        if low is None and high is None:
            return self._say("by_piece" if unit is PayUnit.PIECE else "negotiable")
        if low is None:
            return self._words.say("openings.pay_under", pay=high, unit=unit)
        pay = f"{low}-{high}" if high is not None and high != low else str(low)
        return self._words.say("openings.pay_sum", pay=pay, unit=unit)

    def cells(self, it: Opening) -> dict[str, Cell]:
        """The opening field by field (FIELDS), in a form that is read again."""
        return {
            "title": it.title,
            "employer": it.employer,
            "occupation": it.occupation,
            "county": it.county or it.away,
            "town": it.town,
            "address": it.address,
            "pay": self.pay(it),
            "work_type": it.work_type,
            "headcount": it.headcount,
            "housing": self._yes_no(it.housing),
            "meals": self._yes_no(it.meals),
            "hours": it.hours,
            "requirements": it.requirements or None,
            "description": it.description or None,
            "contact": it.contact,
            "phone": it.phone,
            "published": it.published,
            "expires": it.expires or self._say("endless"),
        }

    def _row(self, it: Opening) -> list[Cell]:
        cells = self.cells(it)
        flags = "\n".join(self._flag(Flag.read(flag)) for flag in it.flags) or None
        fields = [cells[name] for name in FIELDS]
        return [it.number, self._say(f"state_{it.state}"), *fields, flags]

    def _flag(self, flag: Flag) -> str:
        return f"{flag.passage}（{self._wording.reason(flag) or self._say('flag_gone')}）"

    def _yes_no(self, value: bool | None) -> str | None:
        return None if value is None else self._say("given" if value else "not_given")

    def _say(self, key: str) -> str:
        return self._words.say(f"openings.{key}")
