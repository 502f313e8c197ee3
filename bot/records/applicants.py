"""Applications as staff work through them: who applies, where they live, and how far it has come.

Whoever may see the seeker or the opening may see the application: one of them serves the person,
the other one the employer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.applications import Application, applied, way_of
from bot.records.limits import rows_at_once
from bot.records.scope import EVERYWHERE, Scope
from bot.records.seekers import DESK, Seeker, seeker_in
from bot.records.tables import ApplicationRow, OpeningRow, SeekerRow
from dialogs.work import Step


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application, and who makes it."""

    application: Application
    seeker: Seeker
    county: str | None  # of the opening
    town: str | None
    phone: str | None  # the employer's

    @property
    def is_reachable(self) -> bool:
        """Whether a channel reaches the seeker: whom staff entered does not hear of any step."""
        return not self.seeker.urn.startswith(DESK)


class Applicants:
    """Who applies for what."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def at(self, step: Step, scope: Scope, limit: int = 100) -> list[Applicant]:
        """Those who have come to that step, who came to it last first; who is new waits longest
        first."""
        row = ApplicationRow
        order = (row.updated_at, row.id) if step is Step.NEW else (row.updated_at.desc(), row.id)
        which = (row.state == step.value, _within(scope))
        return await self._found(which, order, limit)

    async def count(self, scope: Scope) -> dict[Step, int]:
        """How many have come to each step."""
        row = ApplicationRow
        counted = select(row.state, func.count()).group_by(row.state)
        if not scope.is_whole:
            counted = (
                counted.join(SeekerRow, SeekerRow.id == row.seeker_id)
                .join(OpeningRow, OpeningRow.id == row.opening_id)
                .where(_within(scope))
            )
        async with self._sessions() as session:
            return {Step(state): many for state, many in await session.execute(counted)}

    async def for_opening(self, opening: int, scope: Scope) -> list[Applicant]:
        """Who applies for one opening, the newest first."""
        row = ApplicationRow
        return await self._found((row.opening_id == opening, _within(scope)), (row.id.desc(),), 200)

    async def by_seeker(self, seeker: int) -> list[Applicant]:
        """What one seeker applies for, the newest first."""
        row = ApplicationRow
        return await self._found((row.seeker_id == seeker,), (row.id.desc(),), 200)

    async def get(self, number: int, scope: Scope = EVERYWHERE) -> Applicant | None:
        """The application of that number, if it lies within the scope."""
        which = (ApplicationRow.id == number, _within(scope))
        found = await self._found(which, (), 1)
        return found[0] if found else None

    async def _found(
        self, which: Sequence[ColumnElement[bool]], order: Sequence[object], limit: int
    ) -> list[Applicant]:
        wanted = applied().where(*which).order_by(*order)  # type: ignore[arg-type]
        async with self._sessions() as session:
            found = await session.execute(wanted.limit(rows_at_once(limit)))
            return [_applicant(*rows) for rows in found]


def _within(scope: Scope) -> ColumnElement[bool]:
    return or_(
        scope.within(SeekerRow.county, SeekerRow.town),
        scope.within(OpeningRow.county, OpeningRow.town),
    )


def _applicant(row: ApplicationRow, seeker: SeekerRow, opening: OpeningRow) -> Applicant:
    return Applicant(
        way_of(row, seeker, opening), seeker_in(seeker), opening.county, opening.town, opening.phone
    )
