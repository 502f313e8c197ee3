"""The supervisors' figures: counted from conversations, tickets, campaigns and placements.

What each one means is told in content/replies/figures.yaml, and every one of conversations can be
looked up in their list with the same filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.days import begin_of, end_of
from bot.records.followups import MONTHS
from bot.records.lookups import seen_by
from bot.records.scope import Scope
from bot.records.tables import (
    ApplicationRow,
    ConversationRow,
    Fate,
    FollowUpRow,
    RecipientRow,
    SeekerRow,
    TicketRow,
)

MOST_TICKETS = 50_000  # whose waiting time is looked at


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days here, the last one included."""

    begin: date
    end: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.begin + timedelta(days=it) for it in range((self.end - self.begin).days + 1)]


@dataclass(frozen=True, slots=True)
class Counts:
    """What conversations came to."""

    visitors: int = 0  # different ones
    talks: int = 0
    turns: int = 0
    answered: int = 0
    choices: int = 0
    declined: int = 0
    handoffs: int = 0
    useful: int = 0
    useless: int = 0
    undelivered: int = 0

    @property
    def useful_share(self) -> float | None:
        """Per cent of the verdicts that were good; None when nobody gave one."""
        given = self.useful + self.useless
        return 100 * self.useful / given if given else None


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


class Figures:
    """The figures, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def counts(self, period: Period, scope: Scope) -> Counts:
        """Of the whole period."""
        async with self._sessions() as session:
            return _counts((await session.execute(_counted(period, scope))).one())

    async def by_day(self, period: Period, scope: Scope) -> dict[date, Counts]:
        """Of each day, also of those without a conversation."""
        row = ConversationRow
        wanted = _counted(period, scope, row.day).group_by(row.day)
        async with self._sessions() as session:
            found = {it[0]: _counts(it[1:]) for it in await session.execute(wanted)}
        return {day: found.get(day, Counts()) for day in period.days}

    async def by_channel(self, period: Period, scope: Scope) -> dict[str, Counts]:
        """Of each channel."""
        row = ConversationRow
        return await self._grouped(_counted(period, scope, row.channel).group_by(row.channel))

    async def by_county(self, period: Period, scope: Scope) -> dict[str, Counts]:
        """Of each county that the ledger knows visitors of; "" is of the others."""
        county = func.coalesce(SeekerRow.county, "")
        wanted = _counted(period, scope, county)
        wanted = wanted.join(SeekerRow, SeekerRow.urn == ConversationRow.urn, isouter=True)
        return await self._grouped(wanted.group_by(county))

    async def first_response(self, period: Period, scope: Scope) -> int | None:
        """Milliseconds to the first answer, the median of the conversations; None without any."""
        row = ConversationRow
        has_one = and_(*_of(period, scope), row.first_response.is_not(None))
        async with self._sessions() as session:
            count = await session.scalar(select(func.count()).select_from(row).where(has_one)) or 0
            wanted = select(row.first_response).where(has_one).order_by(row.first_response)
            return await session.scalar(wanted.offset((count - 1) // 2).limit(1)) if count else None

    async def work(self, period: Period, scope: Scope) -> Work:
        """What people did."""
        ticket, sent, hired = TicketRow, RecipientRow, ApplicationRow
        is_theirs = seen_by(scope, ticket.urn)
        in_scope = scope.within(sent.county)
        served = hired.seeker_id.in_(_seekers(scope))
        async with self._sessions() as session:

            async def count(*which: ColumnElement[bool]) -> int:
                found: int | None = await session.scalar(select(func.count()).where(*which))
                return found or 0

            return Work(
                opened=await count(is_theirs, _within(ticket.opened_at, period)),
                closed=await count(is_theirs, _within(ticket.closed_at, period)),
                taken_after=await _taken_after(session, period, is_theirs),
                sent=await count(
                    in_scope, sent.state == Fate.SENT.value, _within(sent.done_at, period)
                ),
                interested=await count(in_scope, _within(sent.interested_at, period)),
                hired=await count(
                    served, hired.state == "hired", _within(hired.updated_at, period)
                ),
            )

    async def retained(self, period: Period, scope: Scope) -> list[Retained]:
        """Of those whose question was due in the period, after 1, 3 and 6 months."""
        row = FollowUpRow
        is_working = case((row.answer.in_(("working", "changed")), 1), else_=0)
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

    async def _grouped(self, wanted: Select[*tuple[object, ...]]) -> dict[str, Counts]:
        async with self._sessions() as session:
            rows = await session.execute(wanted)
            found = {str(it[0]): _counts(it[1:]) for it in rows}
        return dict(sorted(found.items(), key=lambda it: (-it[1].talks, it[0])))


def _counted(
    period: Period, scope: Scope, *by: InstrumentedAttribute[object] | ColumnElement[str]
) -> Select[*tuple[object, ...]]:
    row = ConversationRow
    sums = (func.coalesce(func.sum(getattr(row, it.name)), 0) for it in fields(Counts)[2:])
    columns = (func.count(func.distinct(row.urn)), func.count(row.id), *sums)
    return select(*by, *columns).select_from(row).where(*_of(period, scope))


def _of(period: Period, scope: Scope) -> list[ColumnElement[bool]]:
    row = ConversationRow
    return [
        row.is_talk.is_(True),
        row.day >= period.begin,
        row.day <= period.end,
        seen_by(scope, row.urn),
    ]


def _counts(values: Sequence[object]) -> Counts:
    return Counts(*(int(str(it)) for it in values))


def _within(at: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
            period: Period) -> ColumnElement[bool]:  # fmt: skip
    return and_(at >= begin_of(period.begin), at < end_of(period.end))


def _seekers(scope: Scope) -> Select[int]:
    return select(SeekerRow.id).where(scope.within(SeekerRow.county, SeekerRow.town))


async def _taken_after(
    session: AsyncSession, period: Period, is_theirs: ColumnElement[bool]
) -> float | None:
    row = TicketRow
    taken = select(row.opened_at, row.taken_at).where(
        is_theirs, _within(row.opened_at, period), row.taken_at.is_not(None)
    )
    rows = await session.execute(taken.limit(MOST_TICKETS))
    minutes = [(taken - opened).total_seconds() / 60 for opened, taken in rows if taken]
    return median(minutes) if minutes else None
