"""The service cards: what was done for each seeker, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.tables import ServiceRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done; `kind` is a key of content/replies/card.yaml."""

    at: datetime
    kind: str
    facts: Mapping[str, object]
    staff: str | None


class Services:
    """The entries of every service card."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(
        self,
        seeker: int,
        kind: str,
        facts: Mapping[str, object],
        key: str,
        staff: str | None = None,
    ) -> bool:
        """Enter it; the same `key` is entered once, and whether it was now. `facts` are what its
        words need, and no personal datum."""
        async with self._sessions.begin() as session:
            return await note(session, seeker, kind, facts, key, self._clock(), staff)

    async def of(self, seeker: int, limit: int = 50) -> list[Entry]:
        """The last entries of one card, in the order in which they were made."""
        row = ServiceRow
        newest = select(row).where(row.seeker_id == seeker).order_by(row.at.desc(), row.id.desc())
        async with self._sessions() as session:
            found = list(await session.scalars(newest.limit(rows_at_once(limit))))
        return [Entry(it.at, it.kind, it.facts, it.staff) for it in reversed(found)]


async def note(
    session: AsyncSession,
    seeker: int,
    kind: str,
    facts: Mapping[str, object],
    key: str,
    at: datetime,
    staff: str | None = None,
) -> bool:
    """Enter it inside the caller's transaction; False when the same `key` is there already."""
    return await keep_once(
        session, ServiceRow, key=key, seeker_id=seeker, at=at, kind=kind, facts=facts, staff=staff
    )
