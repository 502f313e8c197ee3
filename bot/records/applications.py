"""Applications: who is interested in which opening, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.services import note
from bot.records.tables import ApplicationRow, OpeningRow, SeekerRow
from dialogs.work import OpeningState, Step

UNDER_WAY = (Step.NEW, Step.PASSED_ON, Step.INTERVIEW)
_CARD = {  # what the service card calls a step: a key of content/replies/card.yaml
    Step.NEW: "interested",
    Step.WITHDRAWN: "application_withdrawn",
    Step.FILLED: "place_filled",
}


class NoSuchApplication(Exception):
    """There is no application of that number."""


@dataclass(frozen=True, slots=True)
class Application:
    """One seeker's way to one opening."""

    number: int
    seeker: int
    urn: str
    opening: int
    title: str
    employer: str
    step: Step
    shares: bool  # whether the employer may be given name and phone
    opened_at: datetime
    updated_at: datetime  # when it came to this step
    note: str | None  # what staff add to the step: when and where the interview is


class Applications:
    """The list of who is interested in what."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def apply(self, visitor: str, opening: int, shares: bool) -> Application | None:
        """Somebody in the ledger is interested; None when they are not in it. Twice is as good as
        once; what was withdrawn begins anew."""
        async with self._sessions.begin() as session:
            seeker = await session.scalar(select(SeekerRow.id).where(SeekerRow.urn == visitor))
            if seeker is None:
                return None
            at = self._clock()
            is_new = await keep_once(
                session,
                ApplicationRow,
                seeker_id=seeker,
                opening_id=opening,
                state=Step.NEW.value,
                shares=shares,
                opened_at=at,
                updated_at=at,
            )
            which = (ApplicationRow.seeker_id == seeker, ApplicationRow.opening_id == opening)
            row = (await session.scalars(select(ApplicationRow).where(*which))).one()
            row.shares = shares
            if is_new or row.state == Step.WITHDRAWN:
                await self._turn(session, row, Step.NEW)
            return await _application(session, row.id)

    async def of(self, visitor: str) -> list[Application]:
        """A visitor's own, the newest first."""
        theirs = applied().where(SeekerRow.urn == visitor).order_by(ApplicationRow.id.desc())
        return await self._found(theirs, 50)

    async def waiting(self, limit: int = 200) -> list[Application]:
        """The staff's list: what is under way, what waits longest first."""
        open_ones = applied().where(ApplicationRow.state.in_([it.value for it in UNDER_WAY]))
        return await self._found(
            open_ones.order_by(ApplicationRow.updated_at, ApplicationRow.id), limit
        )

    async def move(
        self, number: int, step: Step, said: str | None = None, staff: str | None = None
    ) -> Application:
        """It has come to that step; what is to be told of it is the application returned. The same
        step twice is as good as once. Raises NoSuchApplication."""
        async with self._sessions.begin() as session:
            row = await session.get(ApplicationRow, number, with_for_update=True)
            if row is None:
                raise NoSuchApplication(number)
            if row.state != step or row.note != said:
                await self._turn(session, row, step, said, staff)
            return await _application(session, number)

    async def withdraw(self, visitor: str, number: int) -> Application | None:
        """The visitor does not want it any more; None when it is not theirs or is over."""
        mine = applied().where(SeekerRow.urn == visitor, ApplicationRow.id == number)
        async with self._sessions.begin() as session:
            found = (await session.execute(mine)).one_or_none()
            if found is None or found[0].state not in (*UNDER_WAY, Step.WITHDRAWN):
                return None
            if found[0].state != Step.WITHDRAWN:
                await self._turn(session, found[0], Step.WITHDRAWN)
            return way_of(*found)

    async def moved(self, since: datetime, limit: int = 500) -> list[Application]:
        """What came to a new step at that time or later, in that order."""
        row = ApplicationRow
        return await self._found(
            applied().where(row.updated_at >= since).order_by(row.updated_at, row.id),
            limit,
        )

    async def end_filled(self, limit: int = 200) -> int:
        """End what is under way and whose place is taken; how many."""
        over = applied().where(
            ApplicationRow.state.in_([it.value for it in UNDER_WAY]),
            OpeningRow.state == OpeningState.FILLED.value,
        )
        async with self._sessions.begin() as session:
            rows = [it for it, _, _ in await session.execute(over.limit(rows_at_once(limit)))]
            for row in rows:
                await self._turn(session, row, Step.FILLED)
            return len(rows)

    async def _turn(
        self,
        session: AsyncSession,
        row: ApplicationRow,
        step: Step,
        said: str | None = None,
        staff: str | None = None,
    ) -> None:
        at = self._clock()
        row.state, row.note, row.updated_at = step.value, said, at
        opening = await session.get(OpeningRow, row.opening_id)
        facts = {
            "title": "" if opening is None else opening.title,
            "employer": "" if opening is None else opening.employer,
        }
        key = f"application:{row.id}:{step}:{at.isoformat()}"
        await note(session, row.seeker_id, _CARD.get(step, step.value), facts, key, at, staff)

    async def _found(
        self, wanted: Select[ApplicationRow, SeekerRow, OpeningRow], limit: int
    ) -> list[Application]:
        async with self._sessions() as session:
            return [way_of(*it) for it in await session.execute(wanted.limit(rows_at_once(limit)))]


def applied() -> Select[ApplicationRow, SeekerRow, OpeningRow]:
    """Each application with whose it is and what for."""
    return (
        select(ApplicationRow, SeekerRow, OpeningRow)
        .join(SeekerRow, SeekerRow.id == ApplicationRow.seeker_id)
        .join(OpeningRow, OpeningRow.id == ApplicationRow.opening_id)
    )


async def _application(session: AsyncSession, number: int) -> Application:
    await session.flush()
    return way_of(*(await session.execute(applied().where(ApplicationRow.id == number))).one())


def way_of(row: ApplicationRow, seeker: SeekerRow, opening: OpeningRow) -> Application:
    """The application that the rows hold."""
    return Application(
        number=row.id,
        seeker=seeker.id,
        urn=seeker.urn,
        opening=opening.id,
        title=opening.title,
        employer=opening.employer,
        step=Step(row.state),
        shares=row.shares,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        note=row.note,
    )
