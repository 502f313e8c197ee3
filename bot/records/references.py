"""References: the bureau's own numbers of openings, under which its programs put them in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import table_of
from bot.records.tables import OpeningRow

_opening = table_of(OpeningRow)


class ReferenceTaken(Exception):
    """The reference is another opening's, or the opening has another reference."""


class References:
    """Which opening bears which reference."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def number_of(self, reference: str) -> int | None:
        """Our number of the opening; None where there is none."""
        number = select(_opening.c.id).where(_opening.c.reference == reference)
        async with self._sessions() as session:
            return await session.scalar(number)

    async def of(self, numbers: Sequence[int]) -> dict[int, str]:
        """The references of these openings, by our numbers."""
        c = _opening.c
        wanted = select(c.id, c.reference).where(c.id.in_(numbers), c.reference.is_not(None))
        async with self._sessions() as session:
            return {row[0]: row[1] for row in await session.execute(wanted)}

    async def give(self, number: int, reference: str) -> None:
        """The opening bears the reference from now on. Raises ReferenceTaken."""
        c = _opening.c
        may = or_(c.reference.is_(None), c.reference == reference)
        give = update(_opening).where(c.id == number, may).values(reference=reference)
        try:
            async with self._sessions.begin() as session:
                given = await session.scalar(give.returning(c.id))
        except IntegrityError:
            raise ReferenceTaken(reference) from None
        if given is None:
            raise ReferenceTaken(reference)
