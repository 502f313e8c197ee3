"""What supervisors make of conversations: scores, labels, notes, and points to be followed up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import insert, keep_once
from bot.records.limits import rows_at_once
from bot.records.lookups import seen_by
from bot.records.scope import Scope
from bot.records.tables import (
    ConversationRow,
    ConversationTagRow,
    PointRow,
    ReadingRow,
    Tag,
)
from bot.records.talks import Talk

CRITERIA = ("correct", "complete", "kind", "in_time")
BEST = 2  # of each


@dataclass(frozen=True, slots=True)
class Reading:
    """One supervisor's verdict on one conversation: a mark each, in the order of CRITERIA."""

    staff: str
    at: datetime
    marks: tuple[int, ...]

    @property
    def total(self) -> int:
        """Of 8 at most."""
        return sum(self.marks)


@dataclass(frozen=True, slots=True)
class Point:
    """A note; with a due day, something to be done."""

    number: int
    conversation: int
    at: datetime
    staff: str
    text: str
    due: date | None
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two readings of the same conversations agree, by criterion: `same` of `pairs`, and
    Cohen's kappa (None where chance alone would agree fully)."""

    criterion: str
    pairs: int
    same: int
    kappa: float | None


class Readings:
    """All of it."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def mark(self, talk: Talk, staff: str, marks: Sequence[int]) -> None:
        """Somebody's verdict, the last one of theirs; the conversation's score is the last of
        all."""
        values = dict(zip(CRITERIA, marks, strict=True))
        now, total = self._clock(), sum(marks)
        async with self._sessions.begin() as session:
            dialect = (await session.connection()).dialect.name
            keep = insert(dialect, ReadingRow).values(
                urn=talk.urn, conversation_id=talk.number, at=now, staff=staff, **values
            )
            again = {"at": now, **values}
            await session.execute(
                keep.on_conflict_do_update(index_elements=["conversation_id", "staff"], set_=again)
            )
            mine = update(ConversationRow).where(ConversationRow.id == talk.number)
            await session.execute(mine.values(score=total))
            await _untag(session, talk.number, Tag.SCORE)
            await _tag(session, talk, Tag.SCORE, str(total))

    async def of(self, conversation: int) -> list[Reading]:
        """Every verdict on it, the first one first."""
        wanted = select(ReadingRow).where(ReadingRow.conversation_id == conversation)
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(ReadingRow.id))
            return [_reading(row) for row in rows]

    async def label(self, talk: Talk, label: str) -> None:
        """Put a label on it."""
        async with self._sessions.begin() as session:
            await _tag(session, talk, Tag.LABEL, label)

    async def unlabel(self, talk: Talk, label: str) -> None:
        """Take it off."""
        async with self._sessions.begin() as session:
            await _untag(session, talk.number, Tag.LABEL, label)

    async def labels(self) -> list[str]:
        """Every label that is in use."""
        row = ConversationTagRow
        used = select(row.value).where(row.kind == Tag.LABEL.value).distinct().order_by(row.value)
        async with self._sessions() as session:
            return list(await session.scalars(used.limit(200)))

    async def write(self, talk: Talk, staff: str, text: str, due: date | None = None) -> None:
        """A note, or a point to be done by `due`."""
        row = PointRow(
            urn=talk.urn, conversation_id=talk.number, at=self._clock(), staff=staff, text=text,
            due=due,
        )  # fmt: skip
        async with self._sessions.begin() as session:
            session.add(row)

    async def points(self, conversation: int) -> list[Point]:
        """Every note about it."""
        wanted = select(PointRow).where(PointRow.conversation_id == conversation)
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(PointRow.id).limit(rows_at_once(500)))
            return [_point(row) for row in rows]

    async def open_points(self, scope: Scope, limit: int = 500) -> list[Point]:
        """What is to be done, what is due first at the top."""
        wanted = select(PointRow).where(
            PointRow.due.is_not(None), PointRow.done_at.is_(None), seen_by(scope, PointRow.urn)
        )
        wanted = wanted.order_by(PointRow.due, PointRow.id)
        async with self._sessions() as session:
            return [_point(row) for row in await session.scalars(wanted.limit(rows_at_once(limit)))]

    async def done(self, number: int, conversation: int, staff: str) -> None:
        """It is done."""
        mine = update(PointRow).where(
            PointRow.id == number,
            PointRow.conversation_id == conversation,
            PointRow.done_at.is_(None),
        )
        async with self._sessions.begin() as session:
            await session.execute(mine.values(done_at=self._clock(), done_by=staff))

    async def agreement(self, since: datetime, scope: Scope) -> list[Agreement]:
        """Of the first two readings of each conversation read twice since then."""
        row = ReadingRow
        twice = select(row.conversation_id).group_by(row.conversation_id)
        twice = twice.having(func.count() > 1)
        wanted = select(row).where(
            row.conversation_id.in_(twice), row.at >= since, seen_by(scope, row.urn)
        )
        async with self._sessions() as session:
            rows = list(await session.scalars(wanted.order_by(row.conversation_id, row.id)))
        pairs = [
            (_reading(one).marks, _reading(other).marks)
            for before, (one, other) in zip((None, *rows), pairwise(rows), strict=False)
            if one.conversation_id == other.conversation_id
            and (before is None or before.conversation_id != one.conversation_id)
        ]
        return [
            agreement(name, [(one[at], other[at]) for one, other in pairs])
            for at, name in enumerate(CRITERIA)
        ]


def agreement(criterion: str, pairs: Sequence[tuple[int, int]]) -> Agreement:
    """How often both readers gave the same mark, and how much more often than by chance."""
    total = len(pairs)
    same = sum(one == other for one, other in pairs)
    if not total:
        return Agreement(criterion, 0, 0, None)
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    by_chance = sum(
        (ones.count(mark) / total) * (others.count(mark) / total) for mark in range(BEST + 1)
    )
    kappa = None if by_chance == 1 else (same / total - by_chance) / (1 - by_chance)
    return Agreement(criterion, total, same, kappa)


async def _tag(session: AsyncSession, talk: Talk, kind: Tag, value: str) -> None:
    await keep_once(
        session, ConversationTagRow, urn=talk.urn, conversation_id=talk.number, at=talk.at,
        kind=kind.value, value=value,
    )  # fmt: skip


async def _untag(
    session: AsyncSession, conversation: int, kind: Tag, value: str | None = None
) -> None:
    row = ConversationTagRow
    gone = delete(row).where(row.conversation_id == conversation, row.kind == kind.value)
    await session.execute(gone if value is None else gone.where(row.value == value))


def _reading(row: ReadingRow) -> Reading:
    return Reading(row.staff, row.at, (row.correct, row.complete, row.kind, row.in_time))


def _point(row: PointRow) -> Point:
    return Point(
        row.id, row.conversation_id, row.at, row.staff, row.text, row.due, row.done_at, row.done_by
    )
