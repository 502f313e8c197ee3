"""One row of a table of openings, field by field, with what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.jobs.columns import Columns, Head, folded
from bot.jobs.days import NotADay, read_day
from bot.jobs.wages import NotPay, Pay, checked, read_pay, unit_in
from bot.sheets import Cell, Line
from dialogs.work import PayUnit, WorkType

MOST_PEOPLE = 10_000
LONGEST_STORY = 4000  # characters
_PHONE = re.compile(r"[\d\-—–+()转、/,;\s]{5,60}")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_SPAN = re.compile(r"(\d{1,3})\s*(天|日|个?月)(?:内|有效)?$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row; `words` is a key of content/replies/openings.yaml."""

    words: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Fields:
    """The cells of a row by what they mean; `problems` and `notes` gather as they are read."""

    def __init__(self, columns: Columns, head: Head, line: Line, today: date) -> None:
        self.today = today
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self._columns = columns
        self._found: dict[str, list[tuple[str, Cell]]] = {}
        for place, name, heading in head.columns:
            value = line.cells[place] if place < len(line.cells) else None
            if value is not None:
                self._found.setdefault(name, []).append((heading, value))

    def refuse(self, words: str, **facts: object) -> None:
        """The row cannot be taken."""
        self.problems.append(Problem(f"openings.{words}", facts))

    def note(self, words: str, **facts: object) -> None:
        """The row can be taken, but staff should know."""
        self.notes.append(Problem(f"openings.{words}", facts))

    def text(self, name: str) -> str | None:
        """The field's first text."""
        found = self._found.get(name)
        return None if not found else _text(found[0][1])

    def place(self) -> str | None:
        """County and town as they are written."""
        return " ".join(it for it in (self.text("county"), self.text("town")) if it) or None

    def pay(self) -> Pay:
        """What is paid, whether in one column or in two; refuses what is not understood."""
        low, high = self._sum("pay_min"), self._sum("pay_max")
        heading, cell = next(iter(self._found.get("pay", ())), ("", None))
        unit = unit_in(self.text("pay_unit") or "") or unit_in(heading)
        said = _text(cell) or ""
        try:
            if low is not None or high is not None:
                return checked(low, high, unit or PayUnit.MONTH)
            if not said or self._columns.says("negotiable", said):
                return Pay()
            if self._columns.says("by_piece", said):
                return Pay(unit=PayUnit.PIECE)
            return read_pay(said, unit)
        except NotPay:
            self.refuse("bad_pay", said=said or f"{low}-{high}")
            return Pay()

    def work_type(self, title: str) -> WorkType:
        """The kind of work; full time where nothing else is said."""
        said = folded(self.text("work_type") or "")
        kinds = self._columns.kinds
        kind = kinds.get(said) or next((kinds[it] for it in kinds if said and it in said), None)
        if said and kind is None:
            self.note("kind_unknown", said=self.text("work_type"))
        in_title = self._columns.kind_in_title
        kind = kind or next((in_title[it] for it in in_title if it in title), None)
        return WorkType(kind) if kind else WorkType.FULL_TIME

    def board(self) -> tuple[bool | None, bool | None]:
        """Lodging and meals, as far as a word of the lists stands for them."""
        said = self.text("board") or ""
        if self._columns.says("both", said):
            return True, True
        known = None if {"住", "吃"} & set(said) else self._yes_or_no(said)
        housing, meals = (self._yes_or_no(self.text(it) or "") for it in ("housing", "meals"))
        return (known if housing is None else housing), (known if meals is None else meals)

    def promises(self) -> tuple[str | None, ...]:
        """Where else lodging and meals may be promised."""
        return self.text("pay"), self.text("description"), self.text("requirements")

    def headcount(self) -> int | None:
        """How many are sought; None for several or not said."""
        said = unicodedata.normalize("NFKC", self.text("headcount") or "")
        found = re.search(r"\d+", said)
        if found is None:
            return None
        count = int(found[0][:9])
        if not 0 < count <= MOST_PEOPLE:
            self.refuse("bad_headcount", said=said)
        return count

    def phone(self) -> str | None:
        """The employer's number, as it is written."""
        said = unicodedata.normalize("NFKC", self.text("phone") or "").strip()
        if not said:
            self.note("no_phone")
            return None
        if _IDENTITY.search(said) or not _PHONE.fullmatch(said):
            self.refuse("bad_phone")
        return said

    def days(self, offered_for: timedelta) -> tuple[date, date | None]:
        """The first day and the last one; without a last one it is offered for so long."""
        published = self._day("published") or self.today
        said = self.text("expires") or ""
        if said and self._columns.says("endless", said):
            return published, None
        span = _SPAN.fullmatch(unicodedata.normalize("NFKC", said))
        if span is not None:
            length = int(span[1]) * (1 if span[2] in ("天", "日") else 30)
            return published, published + timedelta(length)
        last = self._day("expires")
        if last is not None and last < published:
            self.refuse("ends_before", first=published, last=last)
        return published, last or max(published, self.today) + offered_for

    def requirements(self) -> str:
        """Everything that is asked of who applies, a line a column."""
        found = self._found.get("requirements", [])
        lines = (self._labelled(heading, _text(cell) or "") for heading, cell in found)
        return "\n".join(lines)[:LONGEST_STORY]

    def description(self) -> str:
        """Everything that is told of the work; pay that is no plain sum in its own words."""
        lines = [_text(cell) or "" for _, cell in self._found.get("description", [])]
        said = self.text("pay") or ""
        if re.search(r"[^\d\s\-~—–至到元/每月天日小时起以上下内左右面议计件,.kK千万]", said):
            lines.append(f"{self._columns.pay_note}{said}")
        return "\n".join(lines)[:LONGEST_STORY]

    def _labelled(self, heading: str, said: str) -> str:
        return f"{heading}：{said}" if folded(heading) in self._columns.labelled else said

    def _sum(self, name: str) -> int | None:
        said = self.text(name)
        if said is None:
            return None
        try:
            pay = read_pay(said, PayUnit.PIECE)
        except NotPay:
            return None
        return pay.low if pay.high is None else pay.high

    def _yes_or_no(self, said: str) -> bool | None:
        if self._columns.says("given", said):
            return True
        return False if self._columns.says("not_given", said) else None

    def _day(self, name: str) -> date | None:
        for heading, cell in self._found.get(name, ()):
            try:
                return read_day(cell, self.today)
            except NotADay:
                self.refuse("bad_day", column=heading, said=_text(cell))
        return None


def _text(cell: Cell) -> str | None:
    match cell:
        case None:
            return None
        case float() if cell.is_integer():
            return str(int(cell))  # a phone number that Excel took for a sum
        case date():
            return cell.isoformat()[:10]
        case _:
            return str(cell).strip()
