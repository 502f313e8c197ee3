"""Preferences: what visitors want to get unasked, and what they thought of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.tables import PreferenceRow, RecipientRow


class Preferences:
    """Everybody's."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def mute(self, visitor: str, campaign: int | None) -> None:
        """They want no campaigns any more; the one that made them say so. Twice is as good as
        once."""
        async with self._sessions.begin() as session:
            await keep_once(session, PreferenceRow, urn=visitor)
            row = PreferenceRow
            mine = update(row).where(row.urn == visitor, row.muted_at.is_(None))
            values = mine.values(muted_at=self._clock(), muted_by=campaign)
            await session.execute(values.execution_options(synchronize_session=False))

    async def unmute(self, visitor: str) -> None:
        """They want them again."""
        row = PreferenceRow
        mine = update(row).where(row.urn == visitor).values(muted_at=None, muted_by=None)
        async with self._sessions.begin() as session:
            await session.execute(mine.execution_options(synchronize_session=False))

    async def is_muted(self, visitor: str) -> bool:
        """Whether they want none."""
        mine = select(PreferenceRow.muted_at).where(PreferenceRow.urn == visitor)
        async with self._sessions() as session:
            return await session.scalar(mine) is not None

    async def be_quiet(self, visitor: str, begin: int, end: int) -> None:
        """They want nothing between these minutes of the day; the same twice: at any time."""
        async with self._sessions.begin() as session:
            await keep_once(session, PreferenceRow, urn=visitor)
            mine = update(PreferenceRow).where(PreferenceRow.urn == visitor)
            values = mine.values(quiet_from=begin, quiet_until=end)
            await session.execute(values.execution_options(synchronize_session=False))

    async def take_interest(self, visitor: str, campaign: int) -> bool:
        """What a campaign told them of interests them; False when they were sent none of it."""
        row = RecipientRow
        mine = (
            update(row)
            .where(row.urn == visitor, row.campaign_id == campaign, row.fed_at.is_not(None))
            .values(interested_at=self._clock())
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.begin() as session:
            return await session.scalar(mine) is not None
