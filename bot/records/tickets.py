"""Tickets: questions handed to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.tables import TicketRow

OPEN = "open"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question on a person's desk; `number` is what the visitor is told."""

    number: int
    visitor: str
    topic: str
    context: str  # what was spoken of before
    opened_at: datetime


class Tickets:
    """The desk of the hotline's people."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Ticket:
        """Put a question on the desk. The same `key` puts it there once and gives the same ticket,
        whatever else is said the second time."""
        async with self._sessions.begin() as session:
            await keep_once(
                session,
                TicketRow,
                key=key,
                urn=visitor,
                topic=topic,
                context=context,
                opened_at=self._clock(),
                state=OPEN,
            )
            row = await session.scalars(select(TicketRow).where(TicketRow.key == key))
            return _ticket(row.one())

    async def open_ones(self, limit: int) -> list[Ticket]:
        """The open tickets, those that wait longest first."""
        waiting = (
            select(TicketRow)
            .where(TicketRow.state == OPEN)
            .order_by(TicketRow.opened_at, TicketRow.id)
            .limit(rows_at_once(limit))
        )
        async with self._sessions() as session:
            return [_ticket(row) for row in await session.scalars(waiting)]


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(row.id, row.urn, row.topic, row.context, row.opened_at)
