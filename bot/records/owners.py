"""Whose a number is: of the people in the ledger, or of the visitors of the chat."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import table_of
from bot.records.tables import SeekerRow, VisitorRow

LARGEST = 2**31 - 1


class Owners:
    """The numbers of one table and whose they are."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        row: type[SeekerRow] | type[VisitorRow],
    ) -> None:
        self._sessions = sessions
        self._table = table_of(row)

    async def number_of(self, visitor: str) -> int | None:
        """The visitor's number; None for who is not there."""
        number = select(self._table.c.id).where(self._table.c.urn == visitor)
        async with self._sessions() as session:
            return await session.scalar(number)

    async def urn_of(self, number: int) -> str | None:
        """Whose number it is; None when it is nobody's."""
        if not 0 < number <= LARGEST:
            return None
        urn = select(self._table.c.urn).where(self._table.c.id == number)
        async with self._sessions() as session:
            return await session.scalar(urn)
