"""Tables of people: looked at first, line by line, and taken in when somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex

from bot.console.directory import Directory
from bot.console.pages.openings import XLSX
from bot.console.pages.seekers import SEEKERS, SeekerShelf
from bot.console.parcels import Parcels
from bot.console.visit import (
    EVERYBODY,
    FILE_BODY,
    Answer,
    Download,
    Page,
    Refused,
    Route,
    Upload,
    Visit,
)
from bot.jobs.newcomers import NoHeader, People, header
from bot.records.roll import Fate, Newcomer
from bot.sheets import Sheet, SheetRefused, read_sheet, write_book

IMPORT = f"{SEEKERS}/import"
MOST_SHOWN = 1000  # lines of a report; those with something to say first
REFUSED = "refused"
_KIND = "people"


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes of one line; `words` is a key of content/replies."""

    line: int
    fate: str
    person: Newcomer | None = None
    words: str = ""
    facts: dict[str, object] = field(default_factory=dict)


class PeopleImportPages:
    """Excel and CSV files of people."""

    def __init__(
        self, shelf: SeekerShelf, directory: Callable[[], Directory], parcels: Parcels
    ) -> None:
        self._shelf = shelf
        self._directory = directory
        self._parcels = parcels

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        take, act = f"{IMPORT}/confirm", "seekers_import"
        empty = f"{SEEKERS}/template"
        return (
            Route("GET", empty, self.template, EVERYBODY, act="seekers_template"),
            Route("GET", IMPORT, self.begin, EVERYBODY),
            Route("POST", IMPORT, self.look, EVERYBODY, largest_body=FILE_BODY, act=f"{act}_trial"),
            Route("POST", take, self.take, EVERYBODY, act=act),
        )

    async def template(self, visit: Visit) -> Answer:
        """An Excel file to be filled in."""
        directory = self._directory()
        words = directory.words
        titles = tuple(it.title for it in directory.categories.values())
        choices = {words.say("ledger.column_category"): titles}
        sheet = Sheet(words.say("ledger.title_ledger"), tuple(header(words)), [], choices)
        body = await asyncio.to_thread(write_book, [sheet])
        return Download(words.say("work.file_people_template"), XLSX, body)

    async def begin(self, visit: Visit) -> Answer:
        """Choose a file."""
        return Page("people_import.html.j2")

    async def look(self, visit: Visit) -> Answer:
        """What would become of each line; nobody is changed."""
        upload = visit.files.get("file")
        if upload is None:
            raise Refused("work.import_needs_file")
        entries = await self._account(visit, upload, is_trial=True)
        token = await self._parcels.keep(visit.member.number, _KIND, upload)
        return _report(entries, upload, token)

    async def take(self, visit: Visit) -> Answer:
        """Take in the file that was looked at."""
        token = visit.form.get("token", "")
        upload = await self._parcels.take(visit.member.number, _KIND, token)
        if upload is None:
            raise Refused("work.import_gone")
        entries = await self._account(visit, upload, is_trial=False)
        visit.detail.update(_counts(entries))
        return _report(entries, upload, "")

    async def _account(self, visit: Visit, upload: Upload, *, is_trial: bool) -> list[Entry]:
        people = await self._people(upload)
        entries = [Entry(it.line, REFUSED, None, it.words, dict(it.facts)) for it in people.refused]
        inside: list[tuple[int, Newcomer]] = []
        for line, one in zip(people.lines, people.taken, strict=True):
            if visit.scope.covers(one.county, one.town):
                inside.append((line, one))
            else:
                entries.append(Entry(line, REFUSED, one, "ledger.import_elsewhere"))
        fates = await self._shelf.roll.keep(
            [one for _, one in inside], f"import:{token_hex(8)}", visit.scope, is_trial=is_trial
        )
        for (line, one), fate in zip(inside, fates, strict=True):
            entries.append(Entry(line, fate.value, one))
        return entries

    async def _people(self, upload: Upload) -> People:
        newcomers = self._directory().newcomers
        try:
            return await asyncio.to_thread(lambda: newcomers.read(read_sheet(upload.body)))
        except SheetRefused as refused:
            raise Refused(refused.words, **refused.facts) from None
        except NoHeader:
            raise Refused("work.import_no_header") from None


def _report(entries: Sequence[Entry], upload: Upload, token: str) -> Page:
    told = sorted(entries, key=lambda it: it.fate != REFUSED)[:MOST_SHOWN]
    facts = {
        "rows": sorted(told, key=lambda it: it.line),
        "left_out": len(entries) - len(told),
        "counts": list(_counts(entries).items()),
        "total": len(entries),
        "name": upload.name,
        "token": token,
    }
    return Page("people_report.html.j2", facts)


def _counts(entries: Sequence[Entry]) -> dict[str, int]:
    fates = [it.fate for it in entries]
    return {fate: fates.count(fate) for fate in (*(it.value for it in Fate), REFUSED)}
