"""A table of openings read: each row becomes an opening or is refused with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol

from bot.jobs.columns import Columns, Head
from bot.jobs.fields import Fields, Problem
from bot.jobs.wording import Wording
from bot.sheets import Line
from dialogs.work import Opening, OpeningState, Wish, WorkType

OFFERED_FOR = timedelta(90)  # where no last day is given
LONGEST = {"title": 60, "employer": 80, "address": 200, "hours": 60, "contact": 40}  # characters


class Reader(Protocol):
    """Reads places, trades, and lodging out of words."""

    def wish(self, text: str) -> Wish:
        """What a sentence says."""
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    """A row that is an opening. `notes`: what staff may want to mend."""

    line: int
    opening: Opening
    notes: tuple[Problem, ...] = ()
    has_own_dates: bool = True  # the table says when it was published


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken, and why."""

    line: int
    reasons: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Every line below the heading: read, refused, or the heading over again."""

    posted: list[Posted] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Postings:
    """Reads tables with the lists of the content."""

    columns: Columns
    reader: Reader
    wording: Wording

    def read(
        self,
        lines: Sequence[Line],
        today: date,
        county: str | None = None,
        *,
        example: bool = False,
    ) -> Table:
        """The openings of a table. `county`: of those that name no place; else the one that the
        table's own title names. Raises SheetRefused for a table without a heading."""
        head = self.columns.head(lines)
        above = self._wish(head.above).counties if county is None else (county,)
        table, home = Table(), above[0] if len(above) == 1 else None
        for line in lines[head.below :]:
            if self.columns.is_head(line.cells):
                table.repeated.append(line.number)
                continue
            row = self._row(head, line, today, home)
            if isinstance(row, Refused):
                table.refused.append(row)
            else:
                opening = replace(row.opening, is_example=example)
                table.posted.append(replace(row, opening=opening))
        return table

    def _row(self, head: Head, line: Line, today: date, home: str | None) -> Posted | Refused:
        fields = Fields(self.columns, head, line, today)
        opening = self._opening(fields, self._place(fields, home))
        self._check(fields, opening)
        if fields.problems:
            return Refused(line.number, tuple(fields.problems))
        own_dates = fields.text("published") is not None
        return Posted(line.number, self.looked_over(opening), tuple(fields.notes), own_dates)

    def _opening(self, fields: Fields, place: Mapping[str, str]) -> Opening:
        title = fields.text("title") or fields.text("occupation") or ""
        pay, (housing, meals) = fields.pay(), self._board(fields)
        published, expires = fields.days(OFFERED_FOR)
        return Opening(
            0, title, fields.text("employer") or "", published, expires=expires,
            occupation=self._occupation(fields, title),
            county=place.get("county"), town=place.get("town"), away=place.get("away"),
            address=fields.text("address"),
            pay_min=pay.low, pay_max=pay.high, pay_unit=pay.unit,
            work_type=fields.work_type(title),
            housing=housing, meals=meals,
            hours=fields.text("hours"), headcount=fields.headcount(),
            description=fields.description(), requirements=fields.requirements(),
            contact=fields.text("contact"), phone=fields.phone(),
        )  # fmt: skip

    def _check(self, fields: Fields, opening: Opening) -> None:
        if not opening.title:
            fields.refuse("no_title")
        if not opening.employer:
            fields.refuse("no_employer")
        if opening.county is None and opening.away is None:
            fields.refuse("no_place", said=fields.place() or "")
        if opening.expires is not None and opening.expires < fields.today:
            fields.refuse("over", day=opening.expires)
        for name, most in LONGEST.items():
            if len(fields.text(name) or "") > most:
                fields.refuse("too_long", column=self.columns.heading(name), most=most)

    def _occupation(self, fields: Fields, title: str) -> str | None:
        """The trade as the directory names it; the column of trades first, then the title."""
        for said in (fields.text("occupation"), title):
            found = self._wish(said).occupations
            if found:
                return found[0]
        fields.note("no_trade", said=fields.text("occupation") or title)
        return None

    def _place(self, fields: Fields, home: str | None) -> dict[str, str]:
        for said in (fields.place(), fields.text("address")):
            wish = self._wish(said)
            if wish.counties:
                town = wish.towns[:1] or ((fields.text("town"),) if fields.text("town") else ())
                return {"county": wish.counties[0], **({"town": str(town[0])} if town else {})}
            if wish.away:
                return {"away": said[:60] if said else wish.away[0]}
        return {} if home is None else {"county": home}

    def _board(self, fields: Fields) -> tuple[bool | None, bool | None]:
        """Lodging and meals: by their columns, else as the posting promises them."""
        housing, meals = fields.board()
        said = " ".join(it for it in (fields.text("board"), *fields.promises()) if it)
        is_own_cost = any(it in said for it in self.columns.words["own_cost"])
        wish = Wish() if is_own_cost else self._wish(said)
        return (
            wish.housing if housing is None else housing,
            wish.meals if meals is None else meals,
        )

    def _wish(self, said: str | None) -> Wish:
        # A cell may go over several lines, a sentence does not.
        return self.reader.wish(" ".join(said.split())) if said else Wish()

    def looked_over(self, opening: Opening) -> Opening:
        """The opening with the flags of its wording; held where a person must look at it first."""
        texts = (opening.title, opening.requirements, opening.description, opening.hours)
        is_welfare = opening.work_type is WorkType.WELFARE
        flags = [
            flag
            for flag in self.wording.flags(texts)
            # Whom these posts are for is laid down by age and origin; see the welfare policies.
            if not (is_welfare and flag.rule in ("age", "region"))
        ]
        state = OpeningState.HELD if self.wording.holds(flags) else OpeningState.OPEN
        return replace(opening, flags=tuple(map(str, flags)), state=state)


def problems_of(table: Table) -> Iterator[tuple[int, Problem]]:
    """Every reason and every note, by line."""
    for refused in table.refused:
        yield from ((refused.line, it) for it in refused.reasons)
    for posted in table.posted:
        yield from ((posted.line, it) for it in posted.notes)
