"""Dossiers: everything that is held about one person, to be taken along or deleted.

Found by the columns `urn` and `seeker_id`, whatever the table, so that a new one cannot be
forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, or_, select, true, update
from sqlalchemy import Row as Record
from sqlalchemy import literal_column as sql
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import table_of
from bot.records.tables import ConsentRow, Row, SeekerRow

NOBODY = "-"  # whose the consents are that stay as proof that the notices were shown
# When a row came about or was last true: the first of these that its table has.
TIMES = ("at", "opened_at", "last_seen", "registered_at", "fed_at", "muted_at")
_SEEKERS = table_of(SeekerRow)
_CONSENTS = table_of(ConsentRow)

Dossier = dict[str, list[dict[str, Any]]]  # table -> its rows


class Dossiers:
    """Everybody's."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def of(self, visitor: str) -> Dossier:
        """Every row about the visitor, by table; tables with none are left out."""
        found: Dossier = {}
        async with self._sessions() as session:
            number = (_SEEKERS.c.urn == visitor,)
            for table in _tables():
                mine = select(table).where(_is_theirs(table, visitor, *number))
                rows = await session.execute(mine.order_by(table.c.id))
                found[str(table.name)] = [_plain(row) for row in rows]
        return {name: rows for name, rows in found.items() if rows}

    async def erase(self, visitor: str, until: datetime) -> int:
        """Delete every row about the visitor up to that time; how many. All or nothing, and twice
        is as good as once. Their consents stay as proof, but tell no longer whose they were."""
        deleted = 0
        async with self._sessions.begin() as session:
            connection = await session.connection()
            if connection.dialect.name == "sqlite":  # what is deleted is overwritten in the file
                await connection.exec_driver_sql("PRAGMA secure_delete = ON")
            known = (_SEEKERS.c.urn == visitor, _SEEKERS.c.registered_at <= until)
            for table in _tables():
                if table is _CONSENTS:
                    continue
                theirs = _is_theirs(table, visitor, *known) & _is_from(table, until)
                deleted += (await connection.execute(delete(table).where(theirs))).rowcount
            await connection.run_sync(_forget_whose, visitor, until)
        return deleted

    async def compact(self) -> None:
        """Let SQLite carry its log into its file, where what was deleted is overwritten."""
        async with self._sessions() as session:
            connection = await session.connection()
            if connection.dialect.name == "sqlite":
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables() -> Iterator[Table]:
    """Every table about persons; those that name them by their number first, as long as the ledger
    can tell whose number it is."""
    tables = list(Row.metadata.sorted_tables)
    yield from (table for table in tables if "seeker_id" in table.c)
    yield from (table for table in tables if "urn" in table.c)


def _plain(row: Record[*tuple[object, ...]]) -> dict[str, object]:
    return {str(name): value for name, value in row._mapping.items()}


def _is_theirs(table: Table, visitor: str, *known: ColumnElement[bool]) -> ColumnElement[bool]:
    if "urn" in table.c:
        return table.c.urn == visitor
    numbers: Select[int] = select(_SEEKERS.c.id).where(*known)
    return table.c.seeker_id.in_(numbers)


def _is_from(table: Table, until: datetime) -> ColumnElement[bool]:
    """The row is from then or before, as far as it tells; who is known by a number is told apart
    by when they entered the ledger."""
    times = [table.c[name] for name in TIMES if name in table.c and "urn" in table.c]
    return or_(times[0] <= until, times[0].is_(None)) if times else true()


def _forget_whose(connection: Connection, visitor: str, until: datetime) -> None:
    theirs = update(_CONSENTS).where(_CONSENTS.c.urn == visitor, _CONSENTS.c.at <= until)
    anonymous: ColumnElement[str] = sql("'erased:' || consents.id")
    connection.execute(theirs.values(urn=NOBODY, key=anonymous))
