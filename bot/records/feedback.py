"""Feedback: what visitors thought of the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.tables import FeedbackRow


class FeedbackBook:
    """The verdicts, one a key."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def record(self, visitor: str, about: str, useful: bool, key: str) -> None:
        """Keep a verdict on the answer given in turn `about`; the same `key` is kept once."""
        async with self._sessions.begin() as session:
            await keep_once(session, FeedbackRow, **self._verdict(visitor, about, useful, key))

    async def explain(self, visitor: str, about: str, reason: str, key: str) -> None:
        """Add the reason to the visitor's last verdict of no use on the answer given in turn
        `about`; without one it is kept as such a verdict itself, the same `key` once."""
        last = select(func.max(FeedbackRow.id)).where(
            FeedbackRow.urn == visitor, FeedbackRow.about == about, FeedbackRow.useful.is_(False)
        )
        add = update(FeedbackRow).where(FeedbackRow.id == last.scalar_subquery())
        async with self._sessions.begin() as session:
            added = await session.scalar(add.values(reason=reason).returning(FeedbackRow.id))
            if added is None:
                verdict = self._verdict(visitor, about, False, key)
                await keep_once(session, FeedbackRow, **verdict, reason=reason)

    def _verdict(self, visitor: str, about: str, useful: bool, key: str) -> dict[str, object]:
        at = self._clock()
        return {"key": key, "urn": visitor, "about": about, "useful": useful, "at": at}
