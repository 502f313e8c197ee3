"""An opening written or mended by hand, by the rules that files are read by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.console.directory import Directory
from bot.console.pages.openings import OPENINGS, OpeningShelf, choices
from bot.console.visit import EVERYBODY, Answer, NotThere, Page, Redirect, Route, Visit
from bot.console.work_filters import today
from bot.jobs.fields import LONGEST_STORY, Problem
from bot.jobs.opening_books import FIELDS
from bot.jobs.opening_forms import Problems
from bot.records.supply import Twin
from dialogs.work import Opening

BY_HAND = "console"  # the source of an opening that came from no file


class OpeningFormPages:
    """New openings, and changes of those there are."""

    def __init__(self, shelf: OpeningShelf, directory: Callable[[], Directory]) -> None:
        self._shelf = shelf
        self._directory = directory

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        edit = f"{OPENINGS}/{{number}}/edit"
        return (
            Route("GET", f"{OPENINGS}/new", self.begin, EVERYBODY),
            Route("POST", f"{OPENINGS}/new", self.add, EVERYBODY, act="opening_added"),
            Route("GET", edit, self.edit, EVERYBODY),
            Route("POST", edit, self.change, EVERYBODY, act="opening_changed"),
        )

    async def begin(self, visit: Visit) -> Answer:
        """An empty form."""
        return self._form(visit, {"published": today(visit).isoformat()})

    async def add(self, visit: Visit) -> Answer:
        """Put it in, unless it is there already."""
        read = self._read(visit)
        if not isinstance(read, Opening):
            return self._form(visit, visit.form, problems=read)
        other = await self._shelf.supply.twin_of(read)
        if other is not None:
            return self._form(visit, visit.form, problems=_twin(other))
        [kept] = await self._shelf.openings.keep([read], BY_HAND)
        visit.detail.update(number=kept.number)
        return Redirect(f"{OPENINGS}/{kept.number}", "saved")

    async def edit(self, visit: Visit) -> Answer:
        """The form with what is known."""
        opening = await self._opening(visit)
        return self._form(visit, self._directory().forms.filled(opening), opening)

    async def change(self, visit: Visit) -> Answer:
        """Make it what the form says, unless somebody else has changed it meanwhile."""
        opening, read = await self._opening(visit), self._read(visit)
        if not isinstance(read, Opening):
            return self._form(visit, visit.form, opening, read)
        if visit.form.get("digest") != opening.digest:
            return self._form(visit, visit.form, opening, _beside_title("work.changed_meanwhile"))
        try:
            await self._shelf.supply.change(replace(read, number=opening.number))
        except Twin as twin:
            return self._form(visit, visit.form, opening, _twin(twin.number))
        return Redirect(f"{OPENINGS}/{opening.number}", "saved")

    def _read(self, visit: Visit) -> Opening | Problems:
        """What the form says; nothing but its own fields counts."""
        told = {name: visit.form.get(name, "")[:LONGEST_STORY] for name in FIELDS}
        read = self._directory().forms.read(told, today(visit))
        if isinstance(read, Opening) and not visit.scope.covers(read.county, read.town):
            return {"county": (Problem("openings.elsewhere"),)}
        return read

    def _form(
        self,
        visit: Visit,
        told: Mapping[str, str],
        opening: Opening | None = None,
        problems: Problems | None = None,
    ) -> Page:
        directory = self._directory()
        facts = {
            "opening": opening,
            "told": {name: told.get(name, "") for name in FIELDS},
            "problems": problems or {},
            "headings": directory.forms.headings(),
            **choices(directory, visit),
        }
        return Page("opening_form.html.j2", facts, status=422 if problems else 200)

    async def _opening(self, visit: Visit) -> Opening:
        opening = await self._shelf.supply.get(visit.number(), visit.scope)
        if opening is None:
            raise NotThere
        return opening


def _twin(number: int) -> Problems:
    return _beside_title("work.twin", number=number)


def _beside_title(words: str, **facts: object) -> Problems:
    return {"title": (Problem(words, facts),)}
