"""A seeker's wish, written or mended by staff: every field may be left empty again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from secrets import token_hex

from bot.console.directory import Directory
from bot.console.pages.seekers import SEEKERS, SeekerShelf, seeker_choices, seeker_outline
from bot.console.visit import EVERYBODY, Answer, Page, Redirect, Route, Visit
from bot.jobs.wish_forms import FIELDS, Misread, filled, read_wish
from bot.records.ledger import Ledger
from bot.records.outlines import Outline
from dialogs.work import Wish


class WishPages:
    """The form of one wish."""

    def __init__(
        self, shelf: SeekerShelf, ledger: Ledger, directory: Callable[[], Directory]
    ) -> None:
        self._shelf = shelf
        self._ledger = ledger
        self._directory = directory

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{SEEKERS}/{{number}}/wish"
        return (
            Route("GET", one, self.edit, EVERYBODY),
            Route("POST", one, self.change, EVERYBODY, act="seeker_wish"),
        )

    async def edit(self, visit: Visit) -> Answer:
        """The form with what is known."""
        outline = await seeker_outline(self._shelf, visit)
        anywhere = self._directory().words.say("ledger.anywhere")
        return self._form(visit, outline, filled(outline.wish or Wish(), anywhere))

    async def change(self, visit: Visit) -> Answer:
        """Make it what the form says."""
        outline = await seeker_outline(self._shelf, visit)
        told = {name: visit.form.get(name, "") for name in FIELDS}
        wish = read_wish(told, self._directory().reader)
        if isinstance(wish, Misread):
            return self._form(visit, outline, told, wish)
        number = outline.seeker.number
        key = f"wish:{number}:{visit.key()}"
        await self._ledger.amend(number, wish, key, visit.member.login)
        return Redirect(f"{SEEKERS}/{number}", "saved")

    def _form(
        self, visit: Visit, outline: Outline, told: Mapping[str, str], wrong: Misread | None = None
    ) -> Page:
        facts = {
            "seeker": outline.seeker,
            "told": told,
            "wrong": wrong.parts if wrong else {},
            "fields": FIELDS,
            "key": token_hex(8),
            **seeker_choices(self._directory(), visit),
        }
        return Page("seeker_wish.html.j2", facts, status=422 if wrong else 200)
