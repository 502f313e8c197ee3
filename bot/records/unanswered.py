"""Unanswered questions: what the policies should say next. `Transcripts.write` adds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.tables import UnansweredRow


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


def _question(row: UnansweredRow) -> UnansweredQuestion:
    return UnansweredQuestion(row.urn, row.question, row.at, row.outcome, row.evidence)
