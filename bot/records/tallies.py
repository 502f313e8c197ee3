"""Tallies: what the conversations of a day came to, by channel and town, kept without whose they
were when the conversations themselves are deleted."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.inserts import table_of
from bot.records.tables import ConversationRow, SeekerRow, TallyRow

SUMS = ("turns", "answered", "choices", "declined", "handoffs", "useful", "useless", "undelivered")


async def tallied_until(session: AsyncSession) -> date | None:
    """The last day that is tallied; None when none is."""
    return await session.scalar(select(func.max(TallyRow.day)))


async def tally(session: AsyncSession, until: date) -> None:
    """Tally every day up to `until` that is not tallied yet. What happens to one afterwards does
    not count any more."""
    row, seeker = ConversationRow, SeekerRow
    last = await tallied_until(session)
    county, town = (func.coalesce(it, "") for it in (seeker.county, seeker.town))
    groups = (row.day, row.channel, county, town)
    wanted = (
        select(*groups, func.count(row.id), *(func.sum(getattr(row, name)) for name in SUMS))
        .select_from(row)
        .join(seeker, seeker.urn == row.urn, isouter=True)
        .where(row.is_talk.is_(True), row.day <= until)
        .where(row.day > (last or date.min + timedelta(days=1)))
        .group_by(*groups)
    )
    names = ("day", "channel", "county", "town", "talks", *SUMS)
    await session.execute(table_of(TallyRow).insert().from_select(names, wanted))
