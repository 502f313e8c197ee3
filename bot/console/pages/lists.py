"""One ledger, four lists (一台账、四清单) on the screen and as Excel files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.clock import ZONE
from bot.console.directory import Directory
from bot.console.pages.openings import OPENINGS, XLSX
from bot.console.pages.seekers import SEEKERS, keep_reason, seeker_choices
from bot.console.visit import EVERYBODY, Answer, Download, NotThere, Page, Redirect, Route, Visit
from bot.console.work_filters import (
    kept,
    one_of,
    openings_in,
    page_number,
    page_of,
    people_in,
    today,
)
from bot.jobs.exports import Book, Look, sheet_of, supply_sheet
from bot.records.bookmarks import Bookmarks
from bot.records.leaves import Leaf
from bot.records.lists import Filter, Lists
from bot.records.supply import Supply
from bot.sheets import Sheet, write_book
from dialogs.work import OpeningState

LISTS = "/console/lists"
PAGES = tuple(f"{LISTS}/{book}" for book in Book)
_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class _Shown:
    sheet: Sheet
    leaf: Leaf[object]


class ListPages:
    """The lists that the bureau reports with."""

    def __init__(
        self,
        lists: Lists,
        supply: Supply,
        bookmarks: Bookmarks,
        directory: Callable[[], Directory],
    ) -> None:
        self._lists = lists
        self._supply = supply
        self._bookmarks = bookmarks
        self._directory = directory

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{LISTS}/{{book}}"
        return (
            Route("GET", LISTS, self.begin, EVERYBODY, title="work.nav_lists"),
            Route("GET", one, self.show, EVERYBODY),
            Route("GET", f"{one}/export", self.export, EVERYBODY, act="list_export"),
            Route("POST", f"{one}/export", self.reveal, EVERYBODY, act="list_export_revealed"),
        )

    async def begin(self, visit: Visit) -> Answer:
        """The first of them."""
        return Redirect(f"{LISTS}/{Book.DEMAND}")

    async def show(self, visit: Visit) -> Answer:
        """One list, names and numbers masked."""
        book, directory, query = _book(visit), self._directory(), visit.query
        shown = await self._shown(book, visit)
        facts = {
            "book": book,
            "books": list(Book),
            "sheet": shown.sheet,
            "leaf": shown.leaf,
            "one": OPENINGS if book is Book.SUPPLY else SEEKERS,
            "query": query,
            "kept": kept(query),
            "previous": page_of(query, shown.leaf.number - 1) if shown.leaf.number > 1 else "",
            "next": page_of(query, shown.leaf.number + 1) if shown.leaf.has_next else "",
            "bookmarks": await self._bookmarks.of(visit.member.number, f"{LISTS}/{book}"),
            **seeker_choices(directory, visit),
        }
        if book is Book.SUPPLY:
            facts["states"] = list(OpeningState)
        return Page("four_lists.html.j2", facts)

    async def export(self, visit: Visit) -> Answer:
        """The list as it is filtered, masked."""
        return await self._file(visit, is_open=False)

    async def reveal(self, visit: Visit) -> Answer:
        """The same with names and telephones; why is in the audit."""
        _book(visit)
        keep_reason(visit)
        return await self._file(visit, is_open=True)

    async def _shown(self, book: Book, visit: Visit) -> _Shown:
        directory, page = self._directory(), page_number(visit.query)
        if book is Book.SUPPLY:
            which = openings_in(visit, directory)
            openings = await self._supply.page(which, visit.scope, page, _A_PAGE)
            return _Shown(supply_sheet(openings.rows, directory.words), openings.of(openings.rows))
        lines = await self._lists.page(_meant(book, visit, directory), visit.scope, page, _A_PAGE)
        return _Shown(sheet_of(book, lines.rows, _look(directory)), lines.of(lines.rows))

    async def _file(self, visit: Visit, *, is_open: bool) -> Download:
        book, directory = _book(visit), self._directory()
        sheet = await self._sheet(book, visit, is_open=is_open)
        body = await asyncio.to_thread(write_book, [sheet])
        visit.detail.update(rows=len(sheet.rows), filters=kept(visit.query))
        facts = {"title": sheet.title, "day": today(visit)}
        return Download(directory.words.say("work.file_list", **facts), XLSX, body)

    async def _sheet(self, book: Book, visit: Visit, *, is_open: bool) -> Sheet:
        directory = self._directory()
        if book is Book.SUPPLY:
            openings = await self._supply.all(openings_in(visit, directory), visit.scope)
            return supply_sheet(openings, directory.words)
        lines = await self._lists.seekers(_meant(book, visit, directory), visit.scope)
        return sheet_of(book, lines, replace(_look(directory), is_open=is_open))


def _book(visit: Visit) -> Book:
    book = one_of(Book, visit.path["book"])
    if book is None:
        raise NotThere
    return book


def _meant(book: Book, visit: Visit, directory: Directory) -> Filter:
    return replace(people_in(visit, directory), is_wishing=book is Book.DEMAND)


def _look(directory: Directory) -> Look:
    return Look(directory.words, directory.categories, ZONE)
