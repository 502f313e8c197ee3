"""Openings told by staff, across the desk or on the phone, to somebody in the ledger, and what the
person says to them. What was told counts like any other offer: it is not new to them again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.board import Board, Found
from bot.jobs.calendar import next_turn
from bot.records.applications import Applications
from bot.records.consents import ConsentBook
from bot.records.days import day_of
from bot.records.offers import TOLD, Draft, Offers
from bot.records.openings import Openings
from bot.records.pushes import Candidate, Pushes, Turn
from dialogs.consent import Purpose

Shown = Collection[tuple[int, str]]  # openings by number and digest, as they stood on the page


class NotOffered(Exception):
    """The opening was never told to that person, or is not to be had any more."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What staff read to a person, and what comes of it."""

    board: Callable[[], Board]
    openings: Openings
    offers: Offers
    pushes: Pushes
    applications: Applications
    consents: ConsentBook
    clock: Callable[[], datetime]

    async def fitting(self, visitor: str) -> Found | None:
        """What there is for them that they have not heard of; None: they look for no work now."""
        who = await self.pushes.candidate(visitor)
        return None if who is None else (await self.board().find([who]))[0]

    async def tell(self, visitor: str, shown: Shown, key: str, staff: str) -> int:
        """They were told of these: how many of them are still as they were shown. The same `key`
        does it once."""
        before = await self.offers.of(key)
        if before is not None:
            return len(before.offers)
        who = await self.pushes.candidate(visitor)
        if who is None:
            return 0
        board = self.board()
        [all_of], [told] = await board.find([who]), await board.find([who], among=shown)
        if not told.matches:
            return 0
        draft = Draft(who.seeker, key, TOLD, told.matches, all_of.count, staff)
        [push] = await self.offers.keep([draft])
        await self._has_heard(who)
        return len(push.offers)

    async def interested(self, visitor: str, opening: int, *, shares: bool, key: str) -> None:
        """They want it: an application begins, as it does in chat. `shares`: they agreed to the
        employer being told who they are. Raises NotOffered."""
        known = await self.openings.get(opening)
        if known is None or not known.may_be_offered(day_of(self.clock())):
            raise NotOffered
        if not await self.offers.accept(visitor, opening):
            raise NotOffered
        await self.applications.apply(visitor, opening, shares)
        purpose = Purpose.EMPLOYER
        version = self.consents.version(purpose)
        await self.consents.record(visitor, purpose, version, shares, key)

    async def unsuitable(self, visitor: str, opening: int, why: str) -> None:
        """It does not suit them. Raises NotOffered."""
        if not await self.offers.decline(visitor, opening, why):
            raise NotOffered

    async def _has_heard(self, who: Candidate) -> None:
        then = next_turn(who.pace, self.clock(), who.seeker)
        await self.pushes.end([Turn(who.seeker, who.due, then)])
