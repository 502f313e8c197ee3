"""Tallies: what the conversations of a day came to, by channel and town, without whose they were.

A day that is over is tallied so that the figures need not read its conversations; the database
marks it when one of these changes, and it is tallied anew. When they are deleted at the end of
their time, the tally stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Date, Select, Subquery, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once, table_of
from bot.records.tables import (
    ConversationRow,
    SeekerRow,
    TallyDayRow,
    TallyMarkRow,
    TallyResponseRow,
    TallyRow,
)

SUMS = ("turns", "answered", "choices", "declined", "handoffs", "useful", "useless", "undelivered")
NEVER = date.min  # instead of the day of a visit before
OLDEST = 400  # days back that are tallied; older figures are seldom asked for

_PLACE = ("day", "channel", "county", "town")


def rounded(milliseconds: int) -> int:
    """To two digits: what is told of a wait."""
    size: int = 10 ** max(0, len(str(milliseconds)) - 2)
    return (milliseconds + size // 2) // size * size


class Tallies:
    """Keeps the days that are over tallied."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def renew(self, today: date) -> int:
        """Tally one of the days before `today` that are not, or were changed since; how many are
        left. Raises one of DOWN.

        A day that is new here is only marked, and tallied in a later round: a change under way that
        does not see it yet is over by then.
        """
        async with self._sessions.begin() as session:
            found = select(TallyMarkRow.day, func.count()).group_by(TallyMarkRow.day)
            marked = [day for day, _ in await session.execute(found)]
            await _mark_new(session, today)
        if not marked:
            return 0
        async with self._sessions.begin() as session:
            await _renew(session, max(marked))
        return len(marked) - 1

    async def renew_all(self, today: date) -> None:
        """Until all are."""
        await self.renew(today)
        while await self.renew(today):
            pass


async def keep_for_good(session: AsyncSession, until: date) -> None:
    """Tally every day up to `until` for the last time. What happens to one afterwards does not
    count any more; visitors count once a day, as nothing tells who was here before."""
    row, day = ConversationRow, TallyDayRow
    last = await kept_until(session) or NEVER
    talked = select(row.day).where(row.day > last, row.day <= until)
    known = select(day.day).where(day.day <= until, day.is_final.is_(False))
    for each in sorted(set(await session.scalars(talked.union(known)))):
        await _tally(session, each, is_final=True)
        await _unmark(session, each, await _marks(session, each))
        await keep_once(session, day, day=each, is_final=True)
        await session.execute(update(day).where(day.day == each).values(is_final=True))


async def kept_until(session: AsyncSession) -> date | None:
    """The last day of which only the tally is kept; None when there is none."""
    return await session.scalar(
        select(func.max(TallyDayRow.day)).where(TallyDayRow.is_final.is_(True))
    )


def talks_of(days: Sequence[date]) -> Subquery:
    """The conversations of these days, each with the place that the ledger knows of its visitor."""
    row, seeker = ConversationRow, SeekerRow
    columns = (getattr(row, name) for name in (*SUMS, "urn", "day", "channel", "first_response"))
    county, town = (func.coalesce(it, "") for it in (seeker.county, seeker.town))
    joined = select(*columns, county.label("county"), town.label("town")).select_from(row)
    joined = joined.join(seeker, seeker.urn == row.urn, isouter=True)
    return joined.where(row.is_talk.is_(True), row.day.in_(days)).subquery()


async def _mark_new(session: AsyncSession, today: date) -> None:
    first = await session.scalar(select(func.min(ConversationRow.day)))
    begin = max(first or today, today - timedelta(days=OLDEST))
    known = set(await session.scalars(select(TallyDayRow.day)))
    for back in range((today - begin).days):
        day = begin + timedelta(days=back)
        if day not in known:
            await keep_once(session, TallyDayRow, day=day, is_final=False)
            session.add(TallyMarkRow(day=day))


async def _renew(session: AsyncSession, day: date) -> None:
    """Marks that come while this is done stay: only those are taken away that it began with."""
    marks = await _marks(session, day)
    is_final = select(TallyDayRow.is_final).where(TallyDayRow.day == day)
    if await session.scalar(is_final) is False:
        await _tally(session, day, is_final=False)
    await _unmark(session, day, marks)


async def _tally(session: AsyncSession, day: date, *, is_final: bool) -> None:
    talks = talks_of([day])
    for table in (TallyRow, TallyResponseRow):
        await session.execute(delete(table).where(table.day == day))
    names = (*_PLACE, "before", "talks", *SUMS)
    await session.execute(
        table_of(TallyRow).insert().from_select(names, _sums(talks, is_final=is_final))
    )
    if rows := await _responses(session, talks):
        await session.execute(table_of(TallyResponseRow).insert(), rows)


async def _responses(session: AsyncSession, talks: Subquery) -> list[dict[str, object]]:
    columns = [talks.c[name] for name in (*_PLACE, "first_response")]
    wanted = select(*columns, func.count()).where(columns[-1].is_not(None)).group_by(*columns)
    counted: Counter[tuple[object, ...]] = Counter()
    for *place, wait, number in await session.execute(wanted):
        counted[*place, rounded(wait)] += number
    names = (*_PLACE, "milliseconds", "talks")
    return [dict(zip(names, (*key, number), strict=True)) for key, number in counted.items()]


def _sums(talks: Subquery, *, is_final: bool) -> Select[*tuple[object, ...]]:
    row = ConversationRow
    last = select(func.max(row.day)).where(row.urn == talks.c.urn, row.day < talks.c.day)
    before = func.coalesce(last.where(row.is_talk.is_(True)).scalar_subquery(), NEVER)
    told = select(talks, (literal(NEVER, Date) if is_final else before).label("before")).subquery()
    groups = [told.c[name] for name in (*_PLACE, "before")]
    sums = (func.sum(told.c[name]) for name in SUMS)
    return select(*groups, func.count(), *sums).group_by(*groups)


async def _marks(session: AsyncSession, day: date) -> list[int]:
    return list(await session.scalars(select(TallyMarkRow.id).where(TallyMarkRow.day == day)))


async def _unmark(session: AsyncSession, day: date, marks: Sequence[int]) -> None:
    """Their numbers only grow, but one may come late: it is in nobody's list."""
    row = TallyMarkRow
    for start in range(0, len(marks), 500):
        some = marks[start : start + 500]
        await session.execute(delete(row).where(row.day == day, row.id.in_(some)))
