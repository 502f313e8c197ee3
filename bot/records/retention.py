"""Forgets what visitors said, once it has been kept as long as they were told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import table_of
from bot.records.tables import MessageRow, UnansweredRow


class Retention:
    """Chat content is kept for a time; that a visitor was here, tickets and verdicts are kept."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        kept: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._kept = kept
        self._clock = clock

    async def purge(self) -> int:
        """Delete the transcript lines and unanswered questions that are too old; how many."""
        before = self._clock() - self._kept
        deleted = 0
        async with self._sessions.begin() as session:
            connection = await session.connection()
            for row in (MessageRow, UnansweredRow):
                table = table_of(row)
                found = await connection.execute(delete(table).where(table.c.at < before))
                deleted += found.rowcount
        return deleted
