"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy spells for each."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.tables import Row

Insert = sqlite.Insert | postgresql.Insert
DIALECTS = ("sqlite", "postgresql")


def table_of(row: type[Row]) -> Table:
    """The table behind a mapped class, for statements without the cost of the mapping."""
    return cast(Table, row.__table__)


def insert(dialect: str, row: type[Row]) -> Insert:
    """An insert that can say what to do on a conflict."""
    if dialect == "sqlite":
        return sqlite.insert(table_of(row))
    return postgresql.insert(table_of(row))


async def keep_once(session: AsyncSession, row: type[Row], **values: object) -> bool:
    """Insert the row unless one with the same key is there; whether it was inserted."""
    connection = await session.connection()
    statement = insert(connection.dialect.name, row).on_conflict_do_nothing()
    return (await connection.execute(statement, values)).rowcount == 1
