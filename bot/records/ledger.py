"""The ledger as a conversation about the wish needs it: registering, changing, withdrawing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.seekers import State, enter
from bot.records.services import note
from bot.records.tables import SeekerRow
from bot.records.wishes import WishState, keep_wish, wish_in, wish_row
from dialogs.work import Wish


class Ledger:
    """What a visitor may do to their own entry."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def wish_of(self, visitor: str) -> Wish | None:
        """The wish as it stands; None without one, or when it was withdrawn."""
        async with self._sessions() as session:
            seeker = await _seeker(session, visitor)
            row = None if seeker is None else await wish_row(session, seeker.id)
            if seeker is None or row is None or row.state == WishState.WITHDRAWN:
                return None
            return wish_in(row, seeker.age)

    async def register(self, visitor: str, wish: Wish, key: str) -> None:
        """Keep the visitor's wish, new or changed; who is not in the ledger yet is entered. The
        same `key` does it once."""
        now = self._clock()
        async with self._sessions.begin() as session:
            number = await enter(session, visitor, now)
            before = await wish_row(session, number)
            kind = "registered" if before is None else "changed"
            if not await note(session, number, kind, {}, key, now):
                return
            await keep_wish(session, number, wish, now)
            _wants_work(await session.get_one(SeekerRow, number), wish, now)

    async def amend(self, number: int, wish: Wish, key: str, staff: str) -> bool:
        """Keep the wish that staff wrote down for that seeker; False when there is no such one. The
        same `key` does it once."""
        now = self._clock()
        async with self._sessions.begin() as session:
            seeker = await session.get(SeekerRow, number)
            if seeker is None:
                return False
            if await note(session, number, "amended", {}, key, now, staff):
                await keep_wish(session, number, wish, now)
                _wants_work(seeker, wish, now)
            return True

    async def withdraw(self, visitor: str, key: str) -> None:
        """Look for no work any more; the entry stays until it is deleted or too old. The same `key`
        does it once."""
        now = self._clock()
        async with self._sessions.begin() as session:
            seeker = await _seeker(session, visitor)
            if seeker is None or not await note(session, seeker.id, "withdrawn", {}, key, now):
                return
            row = await wish_row(session, seeker.id)
            if row is not None:
                row.state = WishState.WITHDRAWN.value
            seeker.state, seeker.next_push_at = State.WITHDRAWN.value, None
            seeker.updated_at = now


async def _seeker(session: AsyncSession, visitor: str) -> SeekerRow | None:
    found = await session.scalars(select(SeekerRow).where(SeekerRow.urn == visitor))
    return found.one_or_none()


def _wants_work(seeker: SeekerRow, wish: Wish, now: datetime) -> None:
    seeker.state, seeker.updated_at = State.ACTIVE.value, now
    seeker.next_push_at = seeker.next_push_at or now
    seeker.age = wish.age  # who does not tell it any more has it forgotten
    if seeker.county is None and len(wish.counties) == 1:
        # Until staff know better, the county that serves them is the one where they want work.
        seeker.county = wish.counties[0]
        seeker.town = wish.towns[0] if len(wish.towns) == 1 else None
