"""The supervisors' figures of conversations, also of those that were deleted when their time was
over.

What each one means is told in content/replies/figures.yaml, and every one can be looked up in the
list of conversations with the same filters, as long as these are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.days import Period
from bot.records.lookups import seen_by
from bot.records.scope import Scope
from bot.records.tables import ConversationRow, SeekerRow, TallyRow
from bot.records.tallies import tallied_until


@dataclass(frozen=True, slots=True)
class Counts:
    """What conversations came to."""

    visitors: int = 0  # different ones; of days whose conversations are deleted, those of each day
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

    def __add__(self, other: Counts) -> Counts:
        pairs = ((getattr(self, it.name), getattr(other, it.name)) for it in fields(self))
        return Counts(*(one + another for one, another in pairs))


class Figures:
    """The figures, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def tallied_until(self) -> date | None:
        """The last day whose conversations are deleted, or about to be; None when none is."""
        async with self._sessions() as session:
            return await tallied_until(session)

    async def counts(self, period: Period, scope: Scope) -> Counts:
        """Of the whole period; nobody visits by two channels."""
        return sum((await self.by_channel(period, scope)).values(), Counts())

    async def by_day(self, period: Period, scope: Scope) -> dict[date, Counts]:
        """Of each day, also of those without a conversation."""
        async with self._sessions() as session:
            kept, deleted = await _parts(session, period)
            found = await _grouped(session, _of_tallies(deleted, scope, TallyRow.day))
            found |= await _grouped(session, _of_talks(kept, scope, ConversationRow.day))
        return {day: found.get(day, Counts()) for day in period.days}

    async def by_channel(self, period: Period, scope: Scope) -> dict[str, Counts]:
        """Of each channel, the busiest first."""
        async with self._sessions() as session:
            kept, deleted = await _parts(session, period)
            talks = await _grouped(session, _of_talks(kept, scope, ConversationRow.channel))
            past = await _grouped(session, _of_tallies(deleted, scope, TallyRow.channel))
        return _merged(talks, past)

    async def by_county(self, period: Period, scope: Scope) -> dict[str, Counts]:
        """Of each county that the ledger knows visitors of, the busiest first; "" is of the
        others."""
        known = func.coalesce(SeekerRow.county, "")
        async with self._sessions() as session:
            kept, deleted = await _parts(session, period)
            of_talks = _of_talks(kept, scope, known)
            of_talks = of_talks.join(SeekerRow, SeekerRow.urn == ConversationRow.urn, isouter=True)
            talks = await _grouped(session, of_talks)
            past = await _grouped(session, _of_tallies(deleted, scope, TallyRow.county))
        return _merged(talks, past)

    async def first_response(self, period: Period, scope: Scope) -> int | None:
        """Milliseconds to the first answer, the median of the conversations; None without any."""
        row = ConversationRow
        has_one = and_(*_within(period, scope), row.first_response.is_not(None))
        async with self._sessions() as session:
            count = await session.scalar(select(func.count()).select_from(row).where(has_one)) or 0
            wanted = select(row.first_response).where(has_one).order_by(row.first_response)
            return await session.scalar(wanted.offset((count - 1) // 2).limit(1)) if count else None


async def _parts(session: AsyncSession, period: Period) -> tuple[Period, Period]:
    """The part of the period whose conversations are there, and the part that is only tallied."""
    until = await tallied_until(session)
    if until is None:
        return period, Period(period.begin, period.begin - timedelta(days=1))
    kept = Period(max(period.begin, until + timedelta(days=1)), period.end)
    return kept, Period(period.begin, min(period.end, until))


def _of_talks(
    period: Period, scope: Scope, by: InstrumentedAttribute[Any] | ColumnElement[str]
) -> Select[*tuple[object, ...]]:
    row = ConversationRow
    sums = (func.coalesce(func.sum(getattr(row, it.name)), 0) for it in fields(Counts)[2:])
    columns = (func.count(func.distinct(row.urn)), func.count(row.id), *sums)
    wanted = select(by, *columns).select_from(row).where(*_within(period, scope))
    return wanted.group_by(by)


def _of_tallies(
    period: Period, scope: Scope, by: InstrumentedAttribute[Any]
) -> Select[*tuple[object, ...]]:
    row = TallyRow
    names = ("talks", *(it.name for it in fields(Counts)[1:]))  # one a day and visitor
    sums = (func.coalesce(func.sum(getattr(row, name)), 0) for name in names)
    days = (row.day >= period.begin, row.day <= period.end)
    return select(by, *sums).where(*days, scope.within(row.county, row.town)).group_by(by)


def _within(period: Period, scope: Scope) -> list[ColumnElement[bool]]:
    row = ConversationRow
    return [
        row.is_talk.is_(True),
        row.day >= period.begin,
        row.day <= period.end,
        seen_by(scope, row.urn),
    ]


async def _grouped(
    session: AsyncSession, wanted: Select[*tuple[object, ...]]
) -> dict[object, Counts]:
    return {it[0]: _counts(it[1:]) for it in await session.execute(wanted)}


def _merged(talks: Mapping[object, Counts], past: Mapping[object, Counts]) -> dict[str, Counts]:
    both = {it: talks.get(it, Counts()) + past.get(it, Counts()) for it in {*talks, *past}}
    named = {str(group): counts for group, counts in both.items()}
    return dict(sorted(named.items(), key=lambda it: (-it[1].talks, it[0])))


def _counts(values: Sequence[object]) -> Counts:
    return Counts(*(int(str(it)) for it in values))
