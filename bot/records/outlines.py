"""One person's entry in the ledger with all that hangs on it, read at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.followups import FollowUp, FollowUps
from bot.records.seekers import Seeker, seeker_in
from bot.records.services import Entry, Services
from bot.records.tables import (
    ApplicationRow,
    MessageRow,
    OpeningRow,
    Row,
    SeekerRow,
    TicketRow,
    WishRow,
)
from bot.records.wishes import WishState, wish_in
from dialogs.work import Step, Wish

MOST_ENTRIES = 500
_GOING_ON = (Step.NEW.value, Step.PASSED_ON.value, Step.INTERVIEW.value)


@dataclass(frozen=True, slots=True)
class Pending:
    """An application that is still going its way."""

    title: str
    employer: str
    step: Step


@dataclass(frozen=True, slots=True)
class Outline:
    """A seeker, what they want, what was done, and what is still open."""

    seeker: Seeker
    wish: Wish | None
    wish_state: WishState | None
    found: int | None
    entries: tuple[Entry, ...]
    pending: tuple[Pending, ...]
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of what a visitor said and asked for."""

    messages: int
    tickets: int
    applications: int


class Outlines:
    """Everybody's."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        services: Services,
        follow_ups: FollowUps,
    ) -> None:
        self._sessions = sessions
        self._services = services
        self._follow_ups = follow_ups

    async def of(self, visitor: str) -> Outline | None:
        """The outline of who the visitor is in the ledger."""
        return await self._one(SeekerRow.urn == visitor)

    async def get(self, number: int) -> Outline | None:
        """The outline of the seeker with that number."""
        return await self._one(SeekerRow.id == number) if 0 < number < 2**31 else None

    async def count(self, visitor: str) -> Counts:
        """How much there is of what the visitor said and asked for."""
        mine = select(SeekerRow.id).where(SeekerRow.urn == visitor)
        async with self._sessions() as session:
            return Counts(
                await _count(session, MessageRow, MessageRow.urn == visitor),
                await _count(session, TicketRow, TicketRow.urn == visitor),
                await _count(session, ApplicationRow, ApplicationRow.seeker_id.in_(mine)),
            )

    async def _one(self, who: ColumnElement[bool]) -> Outline | None:
        async with self._sessions() as session:
            row = (await session.scalars(select(SeekerRow).where(who))).one_or_none()
            if row is None:
                return None
            theirs = select(WishRow).where(WishRow.seeker_id == row.id)
            wish = (await session.scalars(theirs)).one_or_none()
            pending = await _pending(session, row.id)
        return Outline(
            seeker=seeker_in(row),
            wish=None if wish is None else wish_in(wish, row.age),
            wish_state=None if wish is None else WishState(wish.state),
            found=None if wish is None else wish.found,
            entries=tuple(await self._services.of(row.id, MOST_ENTRIES)),
            pending=pending,
            follow_ups=tuple(await self._follow_ups.of(row.id)),
        )


async def _pending(session: AsyncSession, seeker: int) -> tuple[Pending, ...]:
    application, opening = ApplicationRow, OpeningRow
    going_on = (
        select(opening.title, opening.employer, application.state)
        .join(opening, opening.id == application.opening_id)
        .where(application.seeker_id == seeker, application.state.in_(_GOING_ON))
        .order_by(application.opened_at, application.id)
    )
    found = await session.execute(going_on)
    return tuple(Pending(title, employer, Step(state)) for title, employer, state in found)


async def _count(session: AsyncSession, row: type[Row], which: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(row).where(which)) or 0
