"""Who a seeker is, mended by staff: name, telephone and category of difficulty, changed or taken
out. What stands there is shown masked, as on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from secrets import token_hex

from bot.console.directory import Directory
from bot.console.pages.seekers import SEEKERS, SeekerShelf, seeker_outline
from bot.console.visit import EVERYBODY, Answer, Page, Redirect, Route, Visit
from bot.console.work_filters import said
from bot.jobs.newcomers import phone_in
from bot.masking import without_secrets
from bot.records.seekers import Seeker

_MASKED = ("name", "phone")  # an empty field leaves what is there; a tick takes it out


class PersonPages:
    """The form of one person."""

    def __init__(self, shelf: SeekerShelf, directory: Callable[[], Directory]) -> None:
        self._shelf = shelf
        self._directory = directory

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{SEEKERS}/{{number}}/person"
        return (
            Route("GET", one, self.edit, EVERYBODY),
            Route("POST", one, self.change, EVERYBODY, act="seeker_person"),
        )

    async def edit(self, visit: Visit) -> Answer:
        """The form."""
        seeker = (await seeker_outline(self._shelf, visit)).seeker
        return self._form(visit, seeker, {"category": seeker.category or ""})

    async def change(self, visit: Visit) -> Answer:
        """Keep what was changed."""
        seeker = (await seeker_outline(self._shelf, visit)).seeker
        told, wrong = self._read(visit, seeker)
        if wrong:
            given = {name: visit.form.get(name, "") for name in (*_MASKED, "category")}
            return self._form(visit, seeker, given, wrong)
        key = f"person:{seeker.number}:{visit.key()}"
        await self._shelf.seekers.describe(seeker.number, told, key, visit.member.login)
        visit.detail.update(changed=",".join(told))
        return Redirect(f"{SEEKERS}/{seeker.number}", "saved")

    def _read(self, visit: Visit, seeker: Seeker) -> tuple[dict[str, str | None], tuple[str, ...]]:
        """What is to be different, and the fields that are not understood."""
        form = visit.form
        name, phone = (said(form, it) for it in _MASKED)
        told: dict[str, str | None] = {}
        if name:
            told["name"] = name
        if phone:
            told["phone"] = phone_in(phone)
        wrong = tuple(it for it in told if told[it] is None or without_secrets(told[it] or "")
                      != told[it])  # fmt: skip
        told |= {it: None for it in _MASKED if form.get(f"no_{it}") and it not in told}
        category = said(form, "category")
        if category and category not in self._directory().categories:
            wrong = (*wrong, "category")
        if category != seeker.category:
            told["category"] = category
        return told, wrong

    def _form(
        self, visit: Visit, seeker: Seeker, told: Mapping[str, str], wrong: tuple[str, ...] = ()
    ) -> Page:
        facts = {
            "seeker": seeker,
            "told": told,
            "wrong": wrong,
            "masked": _MASKED,
            "categories": self._directory().categories,
            "key": token_hex(8),
        }
        return Page("seeker_person.html.j2", facts, status=422 if wrong else 200)
