"""Openings over the API: listed, put in under the bureau's own number, and closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.api.calls import AnyOperation, Call, Kind, Refusal, Wrong, change, conflict, look
from bot.api.document import PARTS
from bot.api.models import Nothing
from bot.api.opening_models import OpeningGiven, OpeningsAsked, OpeningsTold, OpeningTold
from bot.clock import ZONE
from bot.console.directory import Directory
from bot.console.visit import EVERYBODY
from bot.records.openings import Fate, Openings
from bot.records.references import References, ReferenceTaken
from bot.records.supply import Supply, Twin, Wanted
from dialogs.jobs import Search
from dialogs.work import Opening

OPENINGS = "/openings"
SOURCE = "api"  # of an opening that came from no file


@dataclass(frozen=True, slots=True)
class OpeningStores:
    """Every store that these operations read and write."""

    openings: Openings
    supply: Supply
    references: References


class OpeningOperations:
    """Everything that can be done with openings."""

    def __init__(self, stores: OpeningStores, directory: Callable[[], Directory]) -> None:
        self._stores = stores
        self._directory = directory

    def operations(self) -> tuple[AnyOperation, ...]:
        """The table of contents."""
        one, own, who = f"{OPENINGS}/{{number}}", f"{OPENINGS}/own/{{reference}}", EVERYBODY
        told = OpeningTold
        return (
            look("openings_list", OPENINGS, who, self.show_all, OpeningsTold, OpeningsAsked),
            look("opening_read", one, who, self.show, told, Nothing),
            change("opening_close", f"{one}/close", who, self.close, told, Nothing),
            look("opening_own_read", own, who, self.show_own, told, Nothing),
            change("opening_put", own, who, self.put, told, OpeningGiven, method="PUT"),
            change("opening_own_close", f"{own}/close", who, self.close_own, told, Nothing),
        )

    async def show_all(self, call: Call[OpeningsAsked, Nothing]) -> OpeningsTold:
        """A page of them, the newest first."""
        asked, directory = call.query, self._directory()
        wanted, scope = _wanted(asked, directory), call.member.scope
        leaf = await self._stores.supply.page(wanted, scope, asked.page, asked.size)
        references = await self._stores.references.of([it.number for it in leaf.rows])
        return OpeningsTold(
            openings=[OpeningTold.of(it, references, directory) for it in leaf.rows],
            total=leaf.total,
            is_counted=leaf.is_counted,
            page=leaf.number,
            has_next=leaf.has_next,
        )

    async def show(self, call: Call[Nothing, Nothing]) -> OpeningTold:
        """One of them."""
        return await self._as_told(await self._seen(call, call.number()))

    async def show_own(self, call: Call[Nothing, Nothing]) -> OpeningTold:
        """The one that bears a number of the bureau's own."""
        return await self._as_told(await self._own(call))

    async def close(self, call: Call[Nothing, Nothing]) -> OpeningTold:
        """It is offered no more."""
        opening = await self._seen(call, call.number())
        return await self._as_told(await self._stores.openings.close(opening.number))

    async def close_own(self, call: Call[Nothing, Nothing]) -> OpeningTold:
        """The one that bears a number of the bureau's own is offered no more."""
        opening = await self._own(call)
        return await self._as_told(await self._stores.openings.close(opening.number))

    async def put(self, call: Call[Nothing, OpeningGiven]) -> OpeningTold:
        """Make the opening of that number what is given; the same twice is the same once."""
        reference, read = _reference(call), self._read(call)
        number = await self._stores.references.number_of(reference)
        if number is None:
            number = await self._put_in(reference, read)
        elif await self._stores.supply.get(number, call.member.scope) is None:
            raise conflict("api.reference_elsewhere", reference=reference)
        else:
            await self._replace(number, read)
        call.detail["number"] = number
        return await self._as_told(await self._seen(call, number))

    async def _put_in(self, reference: str, opening: Opening) -> int:
        [kept] = await self._stores.openings.keep([opening], SOURCE)
        try:
            await self._stores.references.give(kept.number, reference)
        except ReferenceTaken:  # the opening has another, or another opening was quicker
            if kept.fate is Fate.NEW:
                await self._stores.openings.close(kept.number)
            raise conflict("work.twin", number=kept.number) from None
        return kept.number

    async def _replace(self, number: int, opening: Opening) -> None:
        try:
            await self._stores.supply.change(replace(opening, number=number))
        except Twin as twin:
            raise conflict("work.twin", number=twin.number) from None

    def _read(self, call: Call[Nothing, OpeningGiven]) -> Opening:
        """What is given, as an opening. Raises Refusal."""
        directory = self._directory()
        today = call.now.astimezone(ZONE).date()
        read = directory.forms.read(call.body.as_form(directory), today)
        if not isinstance(read, Opening):
            wrong = [Wrong(name, it[0].words, it[0].facts) for name, it in read.items()]
            raise Refusal(Kind.INVALID, *wrong)
        if not call.member.scope.covers(read.county, read.town):
            raise Refusal(Kind.INVALID, Wrong("county", "openings.elsewhere"))
        return read

    async def _own(self, call: Call[Nothing, Nothing]) -> Opening:
        number = await self._stores.references.number_of(_reference(call))
        return await self._seen(call, number or 0)

    async def _seen(self, call: Call[Any, Any], number: int) -> Opening:
        opening = await self._stores.supply.get(number, call.member.scope)
        if opening is None:
            raise Refusal(Kind.NOT_THERE)
        return opening

    async def _as_told(self, opening: Opening) -> OpeningTold:
        references = await self._stores.references.of([opening.number])
        return OpeningTold.of(opening, references, self._directory())


def _reference(call: Call[Any, Any]) -> str:
    reference = call.path["reference"]
    if re.fullmatch(PARTS["reference"]["pattern"], reference) is None:
        raise Refusal(Kind.INVALID, Wrong("reference", "api.wrong_reference"))
    return reference


def _wanted(asked: OpeningsAsked, directory: Directory) -> Wanted:
    trade = directory.trade(asked.trade)
    if asked.county is not None:
        counties: tuple[str, ...] = (asked.county,)
    else:
        counties = directory.counties_with(asked.town)
    search = Search(
        counties=counties,
        towns=(asked.town,) if asked.town else (),
        occupations=(trade,) if trade else (),
        work_type=asked.work_type,
        words=tuple(asked.text.split()),
    )
    return Wanted(search, asked.state, asked.flagged, asked.expires_by)
