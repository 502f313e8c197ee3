"""What everybody may do with their own data: see it, take it along, delete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Protocol

from bot.jobs.cards import place_of
from bot.jobs.categories import Category
from bot.masking import masked_phone
from bot.records.consents import ConsentBook
from bot.records.outlines import Outline, Outlines
from bot.records.seekers import Seekers
from bot.words import Words
from dialogs.mydata import Agreed, Held


class Eraser(Protocol):
    """What deletes a visitor from every stream, key and table."""

    async def erase(self, urn: str) -> None:
        """Delete everything; twice is as good as once."""
        ...


class RightsDesk:
    """Carries out what visitors ask for."""

    def __init__(
        self,
        outlines: Outlines,
        seekers: Seekers,
        consents: ConsentBook,
        eraser: Eraser,
        categories: Mapping[str, Category],
        words: Callable[[], Words],
        zone: tzinfo | None = None,
    ) -> None:
        self._outlines = outlines
        self._seekers = seekers
        self._consents = consents
        self._eraser = eraser
        self._categories = categories
        self._words = words
        self._zone = zone

    async def held(self, visitor: str) -> Held:
        """What is held about the visitor, in words."""
        outline = await self._outlines.of(visitor)
        counts = await self._outlines.count(visitor)
        given = await self._consents.of(visitor)
        agreed = tuple(Agreed(it.purpose, it.given, self._day(it.at)) for it in given.values())
        held = Held(
            agreed=agreed,
            applications=counts.applications,
            messages=counts.messages,
            tickets=counts.tickets,
        )
        return held if outline is None else self._in_ledger(outline, held)

    async def erase(self, visitor: str) -> None:
        """Delete everything about the visitor."""
        await self._eraser.erase(visitor)

    async def forget_category(self, visitor: str, key: str) -> None:
        """Delete the difficulty they told of, if they are in the ledger."""
        if await self._seekers.of(visitor) is not None:
            await self._seekers.categorise(visitor, None, key)

    def _in_ledger(self, outline: Outline, held: Held) -> Held:
        seeker, wish = outline.seeker, outline.wish
        category = self._categories.get(seeker.category or "")
        return Held(
            name=seeker.name,
            phone=masked_phone(seeker.phone),
            place=place_of(seeker),
            age=seeker.age,
            category=seeker.category if category is None else category.title,
            wish=None if wish is None else self._words().say("card.wish", wish=wish),
            since=self._day(seeker.registered_at),
            agreed=held.agreed,
            applications=held.applications,
            services=len(outline.entries),
            messages=held.messages,
            tickets=held.tickets,
        )

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()
