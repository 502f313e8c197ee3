"""Follow-ups: whether somebody who found work still has it, 1, 3 and 6 months on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.seekers import DESK, State
from bot.records.services import note
from bot.records.tables import FollowUpRow, SeekerRow, WishRow
from bot.records.wishes import WishState

MONTHS = (1, 3, 6)  # six months in work count as stable (稳定就业)


class StillThere(StrEnum):
    """What somebody answers who is asked about their work."""

    WORKING = "working"
    CHANGED = "changed"  # another employer
    OUT_OF_WORK = "out_of_work"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One question about somebody's work."""

    number: int
    seeker: int
    urn: str
    months: int
    since: date
    due: date
    asked_at: datetime | None
    answer: StillThere | None


class FollowUps:
    """The questions that are due, and what came of them."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        today: Callable[[], date] = date.today,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._today = today

    async def begin(self, seeker: int, since: date, application: int | None) -> None:
        """Somebody is in work from that day on: they are asked after 1, 3 and 6 months, and
        openings are looked for no more. Twice is as good as once."""
        async with self._sessions.begin() as session:
            is_new = False
            for months in MONTHS:
                values = {"seeker_id": seeker, "since": since, "months": months}
                due = later(since, months)
                is_new |= await keep_once(
                    session, FollowUpRow, **values, due=due, application_id=application
                )
            if is_new:
                await _set_state(session, seeker, State.WORKING, WishState.PLACED, self._clock())

    async def due(self, limit: int = 200, *, reachable: bool = True) -> list[FollowUp]:
        """The questions that are due and were not asked yet, those that wait longest first.
        `reachable`: only those a channel can put; the others are for staff to ask by telephone."""
        row = FollowUpRow
        waiting = (
            select(row, SeekerRow.urn)
            .join(SeekerRow, SeekerRow.id == row.seeker_id)
            .where(row.due <= self._today(), row.asked_at.is_(None), row.answer.is_(None))
            .where(SeekerRow.state == State.WORKING.value)
            .order_by(row.due, row.id)
            .limit(rows_at_once(limit))
        )
        if reachable:
            waiting = waiting.where(SeekerRow.urn.not_like(f"{DESK}%"))
        async with self._sessions() as session:
            return [_follow_up(it, urn) for it, urn in await session.execute(waiting)]

    async def asked(self, number: int) -> None:
        """It was put to them."""
        row = FollowUpRow
        put = update(row).where(row.id == number, row.asked_at.is_(None))
        async with self._sessions.begin() as session:
            await session.execute(put.values(asked_at=self._clock()))

    async def answer(self, visitor: str, number: int, answer: str, key: str) -> bool:
        """Keep what the visitor answers to a question of theirs; False when it is not theirs. The
        same `key` does it once. Who is out of work is not asked again about that work."""
        theirs = (
            select(FollowUpRow)
            .join(SeekerRow, SeekerRow.id == FollowUpRow.seeker_id)
            .where(FollowUpRow.id == number, SeekerRow.urn == visitor)
        )
        return await self._answer(theirs, StillThere(answer), key, None)

    async def answer_for(self, number: int, answer: StillThere, key: str, staff: str) -> bool:
        """Keep what somebody answered to a member of staff; False when there is no such question.
        The same `key` does it once."""
        return await self._answer(
            select(FollowUpRow).where(FollowUpRow.id == number), answer, key, staff
        )

    async def _answer(
        self, which: Select[FollowUpRow], said: StillThere, key: str, staff: str | None
    ) -> bool:
        now = self._clock()
        async with self._sessions.begin() as session:
            row = (await session.scalars(which)).one_or_none()
            if row is None:
                return False
            facts = {"months": row.months, "answer": said.value}
            if await note(session, row.seeker_id, "followed_up", facts, key, now, staff):
                row.answer, row.answered_at = said.value, now
                if said is StillThere.OUT_OF_WORK:
                    await _end(session, row, now)
            return True

    async def of(self, seeker: int) -> list[FollowUp]:
        """Every question to one seeker, in their order."""
        row = FollowUpRow
        all_of = (
            select(row, SeekerRow.urn)
            .join(SeekerRow, SeekerRow.id == row.seeker_id)
            .where(row.seeker_id == seeker)
            .order_by(row.due, row.id)
        )
        async with self._sessions() as session:
            return [_follow_up(it, urn) for it, urn in await session.execute(all_of)]


def later(day: date, months: int) -> date:
    """The day so many months later: the last one of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


async def _end(session: AsyncSession, row: FollowUpRow, at: datetime) -> None:
    table = FollowUpRow
    rest = (table.seeker_id == row.seeker_id, table.since == row.since, table.answer.is_(None))
    await session.execute(delete(table).where(*rest, table.id != row.id))
    await _set_state(session, row.seeker_id, State.ACTIVE, WishState.PLACED, at)


async def _set_state(
    session: AsyncSession, seeker: int, state: State, wish: WishState, at: datetime
) -> None:
    who = update(SeekerRow).where(SeekerRow.id == seeker)
    await session.execute(who.values(state=state.value, next_push_at=None, updated_at=at))
    theirs = update(WishRow).where(WishRow.seeker_id == seeker)
    await session.execute(theirs.values(state=wish.value))


def _follow_up(row: FollowUpRow, urn: str) -> FollowUp:
    answer = None if row.answer is None else StillThere(row.answer)
    return FollowUp(
        row.id, row.seeker_id, urn, row.months, row.since, row.due, row.asked_at, answer
    )
