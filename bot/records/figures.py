"""The supervisors' figures of conversations, also of those that were deleted when their time was
over.

What each one means is told in content/replies/figures.yaml, and every one can be looked up in the
list of conversations with the same filters, as long as these are kept. Days that are over are read
from their tallies, the others from their conversations; both come to the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.days import Period
from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import (
    ConversationRow,
    TallyDayRow,
    TallyMarkRow,
    TallyResponseRow,
    TallyRow,
)
from bot.records.tallies import SUMS, kept_until, rounded, talks_of

_Name = InstrumentedAttribute[str] | ColumnElement[Any]


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


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which conversations."""

    period: Period
    scope: Scope = EVERYWHERE
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of a period."""

    by_day: dict[date, Counts]  # also of days without a conversation
    by_channel: dict[str, Counts]  # the busiest first
    by_county: dict[str, Counts]  # that the ledger knows visitors of; "" is of the others
    first_response: int | None  # milliseconds, rounded, the median; None without any
    kept_until: date | None  # the last day whose conversations are deleted, or about to be

    @property
    def total(self) -> Counts:
        """Of the whole period; nobody visits by two channels."""
        return sum(self.by_channel.values(), Counts())


class Figures:
    """The figures, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def of(self, asked: Asked) -> Told:
        """What is asked for."""
        period = asked.period
        async with self._sessions() as session:
            until = await kept_until(session)
            begin = period.begin if until is None else max(period.begin, until + timedelta(days=1))
            tallied = await _tallied(session, period)
            live = [day for day in period.days if day not in tallied]
            groups = list(await session.execute(_of_tallies(asked, tallied, begin)))
            waits = list(await session.execute(_waits_of_tallies(asked, tallied)))
            if live:
                talks = talks_of(live)
                groups += await session.execute(_of_talks(asked, talks, begin))
                waits += await session.execute(_waits_of_talks(asked, talks))
        return _told(period, groups, waits, until)


async def _tallied(session: AsyncSession, period: Period) -> set[date]:
    """The days whose tallies hold."""
    day = TallyDayRow.day
    marked = select(TallyMarkRow.day)
    wanted = select(day).where(day >= period.begin, day <= period.end, day.not_in(marked))
    return set(await session.scalars(wanted))


def _of_tallies(asked: Asked, days: Iterable[date], begin: date) -> Select[*tuple[Any, ...]]:
    """`begin`: the first day whose visitors are told apart."""
    row = TallyRow
    firsts = func.sum(case((row.before < begin, row.talks), else_=0))
    sums = (func.sum(getattr(row, name)) for name in ("talks", *SUMS))
    groups = (row.day, row.channel, row.county)
    wanted = select(*groups, firsts, *sums).where(row.day.in_(sorted(days)))
    return wanted.where(*_within(asked, row.channel, row.county, row.town)).group_by(*groups)


def _of_talks(asked: Asked, talks: Subquery, begin: date) -> Select[*tuple[Any, ...]]:
    """The same of conversations."""
    row, told = ConversationRow, talks.c
    before = select(row.id).where(row.urn == told.urn, row.day >= begin, row.day < told.day)
    is_first = ~before.where(row.is_talk.is_(True)).exists()
    sums = (func.sum(told[name]) for name in SUMS)
    groups = (told.day, told.channel, told.county)
    wanted = select(*groups, func.sum(case((is_first, 1), else_=0)), func.count(), *sums)
    return wanted.where(*_within(asked, told.channel, told.county, told.town)).group_by(*groups)


def _waits_of_tallies(asked: Asked, days: Iterable[date]) -> Select[int, int]:
    """How long the first answer took, and how often."""
    row = TallyResponseRow
    wanted = select(row.milliseconds, func.sum(row.talks)).where(row.day.in_(sorted(days)))
    wanted = wanted.where(*_within(asked, row.channel, row.county, row.town))
    return wanted.group_by(row.milliseconds)


def _waits_of_talks(asked: Asked, talks: Subquery) -> Select[int, int]:
    told = talks.c
    wanted = select(told.first_response, func.count()).where(told.first_response.is_not(None))
    wanted = wanted.where(*_within(asked, told.channel, told.county, told.town))
    return wanted.group_by(told.first_response)


def _within(asked: Asked, channel: _Name, county: _Name, town: _Name) -> list[ColumnElement[bool]]:
    bounds = [asked.scope.within(county, town)]
    if asked.channel:
        bounds.append(channel == asked.channel)
    return bounds


def _told(
    period: Period, groups: Iterable[Sequence[Any]], waits: Iterable[Sequence[int]],
    until: date | None,
) -> Told:  # fmt: skip
    by: tuple[dict[Any, Counts], ...] = ({}, {}, {})
    for group in groups:
        counts = Counts(*(int(it) for it in group[3:]))
        for name, each in zip(group[:3], by, strict=True):
            each[name] = each.get(name, Counts()) + counts
    by_day, by_channel, by_county = by
    days = {it: by_day.get(it, Counts()) for it in period.days}
    return Told(
        {it: replace(counts, visitors=counts.talks) for it, counts in days.items()},
        _busiest_first(by_channel),
        _busiest_first(by_county),
        _median(waits),
        until,
    )


def _busiest_first(groups: dict[str, Counts]) -> dict[str, Counts]:
    return dict(sorted(groups.items(), key=lambda it: (-it[1].talks, it[0])))


def _median(waits: Iterable[Sequence[int]]) -> int | None:
    """The lower one of two."""
    counted: Counter[int] = Counter()
    for milliseconds, times in waits:
        counted[rounded(milliseconds)] += int(times)
    left = (counted.total() - 1) // 2
    for milliseconds in sorted(counted):
        left -= counted[milliseconds]
        if left < 0:
            return milliseconds
    return None
