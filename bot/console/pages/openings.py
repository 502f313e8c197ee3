"""Openings: the list, one of them with all that hangs on it, and what staff may say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.console.directory import Directory
from bot.console.pages.home import Waiting
from bot.console.visit import (
    EVERYBODY,
    Answer,
    Download,
    NotThere,
    Page,
    Redirect,
    Refused,
    Route,
    Visit,
)
from bot.console.work_filters import (
    SOON,
    a_day,
    kept,
    openings_in,
    page_number,
    page_of,
    said,
    today,
)
from bot.jobs.wording import Flag
from bot.records.applicants import Applicants
from bot.records.bookmarks import Bookmarks
from bot.records.histories import Histories
from bot.records.openings import Openings
from bot.records.supply import Supply, Twin, Wanted
from dialogs.work import Opening, OpeningState, WorkType

OPENINGS = "/console/openings"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_A_PAGE = 50
_LONGEST = 200  # characters of a reason


@dataclass(frozen=True, slots=True)
class OpeningShelf:
    """Every store that the pages of openings read and write."""

    openings: Openings
    supply: Supply
    applicants: Applicants
    histories: Histories
    bookmarks: Bookmarks


class OpeningPages:
    """What is on offer (岗位供给)."""

    def __init__(self, shelf: OpeningShelf, directory: Callable[[], Directory]) -> None:
        self._shelf = shelf
        self._directory = directory

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents; those of forms and files stand before it."""
        one = f"{OPENINGS}/{{number}}"

        def change(what: str, handler: Callable[[Visit], Awaitable[Answer]]) -> Route:
            return Route("POST", f"{one}/{what}", handler, EVERYBODY, act=f"opening_{what}")

        return (
            Route("GET", OPENINGS, self.show_all, EVERYBODY, title="work.nav_openings"),
            Route("GET", f"{OPENINGS}/export", self.export, EVERYBODY, act="openings_export"),
            Route("GET", f"{OPENINGS}/template", self.template, EVERYBODY, act="openings_template"),
            Route("GET", one, self.show, EVERYBODY),
            change("release", self.release),
            change("hold", self.hold),
            change("fill", self.fill),
            change("close", self.close),
            change("extend", self.extend),
        )

    def waiting(self) -> Waiting:
        """How many wait for somebody to look at them, for the first page."""

        async def count(visit: Visit) -> int:
            return await self._shelf.supply.count(Wanted(state=OpeningState.HELD), visit.scope)

        return Waiting("work.home_held", f"{OPENINGS}?state=held", EVERYBODY, count)

    async def show_all(self, visit: Visit) -> Answer:
        """The list."""
        directory, query = self._directory(), visit.query
        which = openings_in(visit, directory)
        leaf = await self._shelf.supply.page(which, visit.scope, page_number(query), _A_PAGE)
        return Page(
            "openings.html.j2",
            {
                "leaf": leaf,
                "rows": [(it, directory.books.pay(it)) for it in leaf.rows],
                "query": query,
                "kept": kept(query),
                "previous": page_of(query, leaf.number - 1) if leaf.number > 1 else "",
                "next": page_of(query, leaf.number + 1) if leaf.has_next else "",
                "states": list(OpeningState),
                "bookmarks": await self._shelf.bookmarks.of(visit.member.number, OPENINGS),
                "soon": today(visit) + SOON,
                **choices(directory, visit),
            },
        )

    async def show(self, visit: Visit) -> Answer:
        """One opening."""
        opening, directory = await self._opening(visit), self._directory()
        flags = [Flag.read(flag) for flag in opening.flags]
        held = directory.postings.wording
        facts = {
            "opening": opening,
            "cells": directory.forms.filled(opening),
            "headings": directory.forms.headings(),
            "flags": [(it.passage, directory.why(it), held.holds([it])) for it in flags],
            "applicants": await self._shelf.applicants.for_opening(opening.number, visit.scope),
            "offers": await self._shelf.histories.of_opening(opening.number, visit.scope),
            "today": today(visit),
        }
        return Page("opening.html.j2", facts)

    async def export(self, visit: Visit) -> Answer:
        """The list as it is filtered, as an Excel file that can be taken in again."""
        directory = self._directory()
        openings = await self._shelf.supply.all(openings_in(visit, directory), visit.scope)
        body = await asyncio.to_thread(directory.books.listed, openings)
        visit.detail.update(rows=len(openings), filters=kept(visit.query))
        name = directory.words.say("work.file_openings", day=today(visit))
        return Download(name, XLSX, body)

    async def template(self, visit: Visit) -> Answer:
        """An Excel file to be filled in."""
        directory = self._directory()
        body = await asyncio.to_thread(directory.books.template)
        return Download(directory.words.say("work.file_openings_template"), XLSX, body)

    async def release(self, visit: Visit) -> Answer:
        """It was looked at and may be offered."""
        opening = await self._opening(visit)
        if opening.expires is not None and opening.expires < today(visit):
            raise Refused("work.release_over")
        return _done(await self._shelf.openings.release(opening.number))

    async def hold(self, visit: Visit) -> Answer:
        """It is doubtful: nobody is told of it until it is released."""
        opening, reason = await self._opening(visit), said(visit.form, "reason")
        if reason is None:
            raise Refused("work.hold_needs_reason")
        visit.detail.update(reason=reason[:_LONGEST])
        return _done(await self._shelf.openings.hold(opening.number, reason[:_LONGEST]))

    async def fill(self, visit: Visit) -> Answer:
        """The place is taken."""
        return _done(await self._shelf.openings.fill((await self._opening(visit)).number))

    async def close(self, visit: Visit) -> Answer:
        """It is offered no more."""
        return _done(await self._shelf.openings.close((await self._opening(visit)).number))

    async def extend(self, visit: Visit) -> Answer:
        """It is offered up to another day; what was over begins anew."""
        opening, day = await self._opening(visit), a_day(said(visit.form, "expires"))
        if day is None or day < today(visit) or opening.expires == day:
            raise Refused("work.extend_until")
        visit.detail.update(until=day.isoformat())
        try:
            longer = self._directory().postings.looked_over(replace(opening, expires=day))
            return _done(await self._shelf.supply.change(longer))
        except Twin as twin:
            raise Refused("work.twin", number=twin.number) from None

    async def _opening(self, visit: Visit) -> Opening:
        opening = await self._shelf.supply.get(visit.number(), visit.scope)
        if opening is None:
            raise NotThere
        return opening


def choices(directory: Directory, visit: Visit) -> dict[str, object]:
    """What the filters and forms offer to choose from."""
    return {
        "counties": directory.counties(visit.scope),
        "towns": directory.towns(visit.scope),
        "trades": directory.trades,
        "kinds": list(WorkType),
    }


def _done(opening: Opening) -> Redirect:
    return Redirect(f"{OPENINGS}/{opening.number}", "saved")
