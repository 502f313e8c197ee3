"""The supervisors' figures of what people did: tickets, campaigns, placements, and who has stayed
in work."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.crowds import STILL_IN_WORK, Crowd, Kind, hires, recipients, tickets
from bot.records.days import Period
from bot.records.followups import MONTHS
from bot.records.lookups import seen_by
from bot.records.scope import Scope
from bot.records.tables import ApplicationRow, FollowUpRow, RecipientRow, SeekerRow, TicketRow

MOST_TICKETS = 50_000  # whose waiting time is looked at


@dataclass(frozen=True, slots=True)
class Work:
    """What people did, and what came of it."""

    opened: int  # tickets
    closed: int
    taken_after: float | None  # minutes, the median of those that were taken
    sent: int  # messages of campaigns
    interested: int
    hired: int


@dataclass(frozen=True, slots=True)
class Retained:
    """Of those asked so many months after they found work, who still has some."""

    months: int
    asked: int
    answered: int
    working: int


class WorkFigures:
    """The figures, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def work(self, period: Period, scope: Scope) -> Work:
        """What people did."""
        is_theirs, in_scope = seen_by(scope, TicketRow.urn), scope.within(RecipientRow.county)
        served = ApplicationRow.seeker_id.in_(_seekers(scope))
        async with self._sessions() as session:

            async def count(*which: ColumnElement[bool]) -> int:
                found: int | None = await session.scalar(select(func.count()).where(*which))
                return found or 0

            def of(kind: Kind) -> Crowd:
                return Crowd(kind, 0, period.begin, period.end)

            return Work(
                opened=await count(is_theirs, *tickets(of(Kind.OPENED))),
                closed=await count(is_theirs, *tickets(of(Kind.CLOSED))),
                taken_after=await _taken_after(session, of(Kind.OPENED), is_theirs),
                sent=await count(in_scope, *recipients(of(Kind.SENT))),
                interested=await count(in_scope, *recipients(of(Kind.INTERESTED))),
                hired=await count(served, *hires(of(Kind.HIRED))),
            )

    async def retained(self, period: Period, scope: Scope) -> list[Retained]:
        """Of those whose question was due in the period, after 1, 3 and 6 months."""
        row = FollowUpRow
        is_working = case((row.answer.in_(STILL_IN_WORK), 1), else_=0)
        wanted = (
            select(
                row.months,
                func.count(row.asked_at),
                func.count(row.answer),
                func.coalesce(func.sum(is_working), 0),
            )
            .where(row.due >= period.begin, row.due <= period.end)
            .where(row.seeker_id.in_(_seekers(scope)))
            .group_by(row.months)
        )
        async with self._sessions() as session:
            found = {it[0]: Retained(*it) for it in await session.execute(wanted)}
        return [found.get(months, Retained(months, 0, 0, 0)) for months in MONTHS]


def _seekers(scope: Scope) -> Select[int]:
    return select(SeekerRow.id).where(scope.within(SeekerRow.county, SeekerRow.town))


async def _taken_after(
    session: AsyncSession, crowd: Crowd, is_theirs: ColumnElement[bool]
) -> float | None:
    row = TicketRow
    taken = select(row.opened_at, row.taken_at).where(
        is_theirs, *tickets(crowd), row.taken_at.is_not(None)
    )
    rows = await session.execute(taken.limit(MOST_TICKETS))
    minutes = [(taken - opened).total_seconds() / 60 for opened, taken in rows if taken]
    return median(minutes) if minutes else None
