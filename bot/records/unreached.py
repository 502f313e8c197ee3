"""The unreached: people whom staff entered and no channel reaches. Openings are counted for them
all the same, so that staff see who has too few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.pushes import Candidate, candidates, seeking
from bot.records.seekers import DESK
from bot.records.tables import SeekerRow, WishRow


class Unreached:
    """Those of them who want work."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def uncounted(self, since: datetime, limit: int) -> list[Candidate]:
        """Whose openings were not counted since then, or not since they wished otherwise."""
        row = WishRow
        is_old = or_(row.matched_at.is_(None), row.matched_at < since)
        wanted = seeking().where(SeekerRow.urn.startswith(DESK, autoescape=True), is_old)
        async with self._sessions() as session:
            return await candidates(
                session, wanted.order_by(SeekerRow.id).limit(rows_at_once(limit))
            )

    async def count(self, found: Sequence[tuple[Candidate, int]], looked: datetime) -> None:
        """So many openings there were for each at that time; who wished otherwise meanwhile is to
        be counted again."""
        row = WishRow
        async with self._sessions.begin() as session:
            for who, openings in found:
                wish = update(row).where(row.seeker_id == who.seeker, row.confirmed_at <= looked)
                await session.execute(wish.values(found=openings, matched_at=looked))
