"""Transcripts: what was heard and said, and what became of it, as the journal tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Dialect, Row, Select, Update, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.pipeline.messages import Line
from bot.records.database import DOWN
from bot.records.inserts import Insert, table_of
from bot.records.limits import rows_at_once
from bot.records.prepared import Prepared
from bot.records.rows import Rows, rows_of
from bot.records.statements import STATEMENTS
from bot.records.tables import MessageRow

_messages = table_of(MessageRow)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of a transcript."""

    journal_id: str
    ref: str | None  # None: it was heard
    event: str
    urn: str
    direction: str  # tables.Direction
    at: datetime
    text: str
    kind: str | None
    script: str | None
    outcome: str | None
    policies: list[str]
    evidence: Mapping[str, object]
    buttons: list[str]
    asked: str | None
    delivery: str | None  # tables.Arrival
    delivered_at: datetime | None
    external: str | None
    detail: str | None


class Transcripts:
    """What visitors and the hotline said to each other."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._prepared: dict[Insert | Update, Prepared] = {}

    async def write(self, batch: Sequence[tuple[str, Line]]) -> None:
        """Keep journal lines, each with its journal id ("17-1526919030474-0"): all or none.

        What was kept before changes nothing, so a batch may be written again, in part or whole. A
        delivery counts if its message is kept already or stands in the same batch. Raises one of
        DOWN when it fails twice: a connection that breaks says nothing about the lines.

        A write that is cancelled is finished first: asyncpg cannot stop in the middle of so many
        rows, but would wait, deaf to everything, until the command times out.
        """
        writing = asyncio.create_task(self._write(rows_of(batch)))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.gather(writing, return_exceptions=True)
            raise

    async def of(self, urn: str, limit: int) -> list[Spoken]:
        """The last lines with one visitor, in the order they were spoken."""
        latest = await self._latest(select(_messages).where(_messages.c.urn == urn), limit)
        return latest[::-1]

    async def recent(self, limit: int) -> list[Spoken]:
        """The last lines of all visitors, the newest first."""
        return await self._latest(select(_messages), limit)

    async def _write(self, rows: Rows) -> None:
        try:
            await self._write_once(rows)
        except DOWN:
            await self._write_once(rows)

    async def _write_once(self, rows: Rows) -> None:
        async with self._sessions.begin() as session:
            connection = await session.connection()
            for statement, values in STATEMENTS[connection.dialect.name].for_rows(rows):
                ready = self._prepare(statement, connection.dialect, values[0])
                await ready.write(connection, values)

    def _prepare(
        self, statement: Insert | Update, dialect: Dialect, columns: Iterable[str]
    ) -> Prepared:
        ready = self._prepared.get(statement)
        if ready is None:
            ready = self._prepared[statement] = Prepared.of(statement, dialect, columns)
        return ready

    async def _latest(self, query: Select[*tuple[object, ...]], limit: int) -> list[Spoken]:
        newest = query.order_by(_messages.c.at.desc(), _messages.c.id.desc())
        async with self._sessions() as session:
            found = await session.execute(newest.limit(rows_at_once(limit)))
        return [_spoken(row) for row in found]


def _spoken(row: Row[*tuple[object, ...]]) -> Spoken:
    values = dict(row._mapping)
    del values["id"]
    return Spoken(**values)
