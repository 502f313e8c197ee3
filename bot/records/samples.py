"""Conversations drawn at random to be read, week by week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.days import begin_of
from bot.records.inserts import insert
from bot.records.limits import rows_at_once
from bot.records.lookups import seen_by
from bot.records.scope import Scope
from bot.records.tables import ConversationRow, PlanRow, SampleRow

MOST_A_WEEK = 200
_MOST_DRAWN_FROM = 100_000  # conversations of a week


class NameTaken(Exception):
    """There is one of that name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many a week, so many per cent of them without an answer."""

    number: int
    name: str
    a_week: int
    unanswered: int
    created_by: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a plan has drawn for a week, and how much of it is read."""

    week: date
    count: int
    read: int

    @property
    def end(self) -> date:
        """The last day of the week."""
        return self.week + timedelta(days=6)


class Samples:
    """Plans and what they drew."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, name: str, a_week: int, unanswered: int, staff: str) -> None:
        """A new plan. Raises NameTaken."""
        row = PlanRow(
            name=name, a_week=a_week, unanswered=unanswered, created_by=staff,
            created_at=self._clock(),
        )  # fmt: skip
        try:
            async with self._sessions.begin() as session:
                session.add(row)
        except IntegrityError:
            raise NameTaken(name) from None

    async def end(self, number: int) -> None:
        """No more is drawn by it."""
        mine = update(PlanRow).where(PlanRow.id == number, PlanRow.ended_at.is_(None))
        async with self._sessions.begin() as session:
            await session.execute(mine.values(ended_at=self._clock()))

    async def plans(self) -> list[Plan]:
        """Those that have not ended, by name."""
        wanted = select(PlanRow).where(PlanRow.ended_at.is_(None)).order_by(PlanRow.name)
        async with self._sessions() as session:
            rows = await session.scalars(wanted.limit(rows_at_once(200)))
            return [Plan(it.id, it.name, it.a_week, it.unanswered, it.created_by) for it in rows]

    async def draw(self, plan: Plan, week: date, random: Random) -> int:
        """Draw from that week, beginning on its Monday, what is still missing; how many."""
        async with self._sessions() as session:
            drawn = select(SampleRow.conversation_id).where(
                SampleRow.plan_id == plan.number, SampleRow.week == week
            )
            had = set(await session.scalars(drawn))
            failed = await _numbers(session, week, is_unanswered=True)
            others = await _numbers(session, week, is_unanswered=False)
        chosen = choose(plan, [it for it in failed if it not in had],
                        [it for it in others if it not in had],
                        have=(len(had.intersection(failed)), len(had.intersection(others))),
                        random=random)  # fmt: skip
        if chosen:
            await self._keep(plan, week, chosen)
        return len(chosen)

    async def drawn(self, plan: int, scope: Scope, limit: int = 12) -> list[Drawn]:
        """By week, the last one first."""
        row, talk = SampleRow, ConversationRow
        wanted = (
            select(row.week, func.count(), func.count(talk.score))
            .join(talk, talk.id == row.conversation_id)
            .where(row.plan_id == plan, seen_by(scope, row.urn))
            .group_by(row.week)
            .order_by(row.week.desc())
        )
        async with self._sessions() as session:
            found = await session.execute(wanted.limit(limit))
            return [Drawn(week, count, read) for week, count, read in found]

    async def _keep(self, plan: Plan, week: date, chosen: Sequence[int]) -> None:
        talk, now = ConversationRow, self._clock()
        async with self._sessions.begin() as session:
            found = await session.execute(
                select(talk.id, talk.urn).where(talk.id.in_(chosen)).order_by(talk.id)
            )
            rows = [
                {"urn": urn, "conversation_id": number, "at": now, "plan_id": plan.number,
                 "week": week}
                for number, urn in found
            ]  # fmt: skip
            dialect = (await session.connection()).dialect.name
            await session.execute(insert(dialect, SampleRow).on_conflict_do_nothing(), rows)


def choose(
    plan: Plan,
    failed: Sequence[int],
    others: Sequence[int],
    have: tuple[int, int],
    random: Random,
) -> list[int]:
    """What is missing of the plan, `have` being drawn already; where one kind does not suffice,
    the other one takes its place."""
    missing = plan.a_week - sum(have)
    if missing <= 0:
        return []
    wanted_failed = round(plan.a_week * plan.unanswered / 100) - have[0]
    of_failed = min(max(0, wanted_failed, missing - len(others)), missing, len(failed))
    of_others = min(missing - of_failed, len(others))
    return random.sample(list(failed), of_failed) + random.sample(list(others), of_others)


async def _numbers(session: AsyncSession, week: date, *, is_unanswered: bool) -> list[int]:
    row = ConversationRow
    begin, end = begin_of(week), begin_of(week + timedelta(days=7))
    failed: ColumnElement[bool] = or_(row.declined > 0, row.choices > 0)
    wanted = select(row.id).where(
        row.is_talk, row.at >= begin, row.at < end, failed if is_unanswered else ~failed
    )
    return list(await session.scalars(wanted.order_by(row.id).limit(_MOST_DRAWN_FROM)))
