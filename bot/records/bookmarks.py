"""Bookmarks: lists with their filters, under names that members of staff give them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import insert
from bot.records.tables import BookmarkRow

MOST = 50  # that one member keeps


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A list as somebody wants to find it again."""

    number: int
    name: str
    page: str
    query: str

    @property
    def address(self) -> str:
        """Where it leads, within the console."""
        return f"{self.page}?{self.query}" if self.query else self.page


class Bookmarks:
    """Everybody's own."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def of(self, staff: int, page: str) -> list[Bookmark]:
        """A member's own for one page, by name."""
        row = BookmarkRow
        theirs = select(row).where(row.staff_id == staff, row.page == page).order_by(row.name)
        async with self._sessions() as session:
            return [_bookmark(it) for it in await session.scalars(theirs.limit(MOST))]

    async def keep(self, staff: int, name: str, page: str, query: str) -> None:
        """Keep it; another one of that name is replaced."""
        values = {"staff_id": staff, "name": name, "page": page, "query": query}
        async with self._sessions.begin() as session:
            connection = await session.connection()
            statement = insert(connection.dialect.name, BookmarkRow)
            new = {"page": statement.excluded.page, "query": statement.excluded.query}
            upsert = statement.on_conflict_do_update(index_elements=["staff_id", "name"], set_=new)
            await connection.execute(upsert, values)

    async def drop(self, staff: int, number: int) -> str | None:
        """Forget one of a member's own; the page it was of, None when it is not theirs."""
        row = BookmarkRow
        gone = delete(row).where(row.staff_id == staff, row.id == number).returning(row.page)
        async with self._sessions.begin() as session:
            return await session.scalar(gone.execution_options(synchronize_session=False))


def _bookmark(row: BookmarkRow) -> Bookmark:
    return Bookmark(row.id, row.name, row.page, row.query)
