"""Unanswered questions: what the policies should say next. `Transcripts.write` adds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.masking import masked
from bot.records.limits import rows_at_once
from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import SeekerRow, UnansweredRow

MOST_CLUSTERED = 20_000  # questions


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question in the visitor's words, and why it found no answer."""

    visitor: str
    question: str
    at: datetime
    outcome: str  # "declined", or "choices": several policies were offered
    evidence: Mapping[str, object]


class Unanswered:
    """The questions that editors should look at."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def latest(self, limit: int) -> list[UnansweredQuestion]:
        """The last questions without an answer, the newest first."""
        newest = (
            select(UnansweredRow)
            .order_by(UnansweredRow.at.desc(), UnansweredRow.id.desc())
            .limit(rows_at_once(limit))
        )
        async with self._sessions() as session:
            return [_question(row) for row in await session.scalars(newest)]

    async def since(
        self, begin: datetime, scope: Scope = EVERYWHERE, most: int = MOST_CLUSTERED
    ) -> list[UnansweredQuestion]:
        """The questions asked from `begin` on, the newest first, with personal numbers masked.

        Of a part of the region: those of people who are in the ledger there.
        """
        found: list[UnansweredQuestion] = []
        last: tuple[datetime, int] | None = None
        async with self._sessions() as session:
            while len(found) < most:
                rows = list(await session.scalars(_page(begin, scope, last, most - len(found))))
                found += [_masked(row) for row in rows]
                if not rows:
                    break
                last = rows[-1].at, rows[-1].id
        return found


def _page(
    begin: datetime, scope: Scope, last: tuple[datetime, int] | None, limit: int
) -> Select[UnansweredRow]:
    """What follows `last`."""
    newest = (
        select(UnansweredRow)
        .where(UnansweredRow.at >= begin)
        .order_by(UnansweredRow.at.desc(), UnansweredRow.id.desc())
        .limit(rows_at_once(limit))
    )
    if not scope.is_whole:
        newest = newest.join(SeekerRow, SeekerRow.urn == UnansweredRow.urn).where(
            scope.within(SeekerRow.county, SeekerRow.town)
        )
    if last is None:
        return newest
    at, row = last
    return newest.where(
        or_(UnansweredRow.at < at, and_(UnansweredRow.at == at, UnansweredRow.id < row))
    )


def _masked(row: UnansweredRow) -> UnansweredQuestion:
    return replace(_question(row), question=masked(row.question))


def _question(row: UnansweredRow) -> UnansweredQuestion:
    return UnansweredQuestion(row.urn, row.question, row.at, row.outcome, row.evidence)
