"""Files of openings: looked at first, line by line, and taken in when somebody says so."""

from __future__ import annotations

from collections.abc import Callable

from bot.console.directory import Directory
from bot.console.pages.openings import OPENINGS, OpeningShelf
from bot.console.parcels import Parcels
from bot.console.visit import EVERYBODY, FILE_BODY, Answer, Page, Refused, Route, Upload, Visit
from bot.console.work_filters import today
from bot.jobs.intake import REFUSED, REPEATED, Account, Entry, Intake
from bot.jobs.wording import Flag
from bot.sheets import SheetRefused
from dialogs.work import OpeningState

IMPORT = f"{OPENINGS}/import"
MOST_SHOWN = 1000  # lines of a report; those with something to say first
_FATES = ("new", "updated", "same", REFUSED, REPEATED)
_KIND = "openings"


class OpeningImportPages:
    """Excel and CSV files of openings."""

    def __init__(
        self, shelf: OpeningShelf, directory: Callable[[], Directory], parcels: Parcels
    ) -> None:
        self._shelf = shelf
        self._directory = directory
        self._parcels = parcels

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        take = f"{IMPORT}/confirm"
        act = "openings_import"
        return (
            Route("GET", IMPORT, self.begin, EVERYBODY),
            Route("POST", IMPORT, self.look, EVERYBODY, largest_body=FILE_BODY, act=f"{act}_trial"),
            Route("POST", take, self.take, EVERYBODY, act=act),
        )

    async def begin(self, visit: Visit) -> Answer:
        """Choose a file."""
        return Page("opening_import.html.j2")

    async def look(self, visit: Visit) -> Answer:
        """What would become of each line; nothing is changed."""
        upload = visit.files.get("file")
        if upload is None:
            raise Refused("work.import_needs_file")
        account = await self._account(visit, upload, is_trial=True)
        token = await self._parcels.keep(visit.member.number, _KIND, upload)
        return self._report(account, upload, token)

    async def take(self, visit: Visit) -> Answer:
        """Take in the file that was looked at."""
        token = visit.form.get("token", "")
        upload = await self._parcels.take(visit.member.number, _KIND, token)
        if upload is None:
            raise Refused("work.import_gone")
        account = await self._account(visit, upload, is_trial=False)
        visit.detail.update({fate: account.count(fate) for fate in _FATES})
        return self._report(account, upload, "")

    async def _account(self, visit: Visit, upload: Upload, *, is_trial: bool) -> Account:
        intake = Intake(self._directory().postings, self._shelf.openings)
        try:
            return await intake.take(
                upload.body, upload.name, today(visit), is_trial=is_trial, scope=visit.scope
            )
        except SheetRefused as refused:
            raise Refused(refused.words, **refused.facts) from None

    def _report(self, account: Account, upload: Upload, token: str) -> Page:
        directory = self._directory()
        wording = directory.postings.wording

        def flags(entry: Entry) -> list[tuple[str, str, bool]]:
            found = [Flag.read(it) for it in entry.opening.flags] if entry.opening else []
            return [(it.passage, directory.why(it), wording.holds([it])) for it in found]

        told = sorted(account.entries, key=_is_silent)[:MOST_SHOWN]
        held = sum(it.opening.state is OpeningState.HELD for it in account.doubtful if it.opening)
        facts = {
            "rows": [(it, flags(it)) for it in sorted(told, key=lambda it: it.line)],
            "left_out": len(account.entries) - len(told),
            "counts": [(fate, account.count(fate)) for fate in _FATES],
            "total": len(account.entries),
            "held": held,
            "name": upload.name,
            "token": token,
        }
        return Page("opening_report.html.j2", facts)


def _is_silent(entry: Entry) -> bool:
    return not entry.problems and not (entry.opening and entry.opening.flags)
