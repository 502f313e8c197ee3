"""Tickets: questions handed to a person, from the first word to the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import SeekerRow, TicketNoteRow, TicketRow

Found = Select[TicketRow, str | None, str | None]  # with county and town of whoever asked


class State(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of a ticket."""

    ANSWERED = "answered"
    REFERRED = "referred"  # another office has it
    UNREACHABLE = "unreachable"
    NO_NEED = "no_need"


class AlreadyTaken(Exception):
    """Somebody else has it, or it is closed."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question on a person's desk; `number` is what the visitor is told."""

    number: int
    visitor: str
    topic: str
    context: str  # what was spoken of before
    opened_at: datetime
    state: State
    due_at: datetime | None
    contact: str | None
    contact_when: str | None
    staff: str | None  # login of whoever has taken it
    taken_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    outcome: str | None
    county: str | None  # the visitor's, where the ledger knows it
    town: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What a member of staff wrote about a ticket, or did with it."""

    at: datetime
    staff: str
    text: str


class Tickets:
    """The desk of the hotline's people."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        due: Callable[[datetime], datetime | None] = lambda _: None,
    ) -> None:
        """`due`: when a ticket opened then should have been taken."""
        self._sessions = sessions
        self._clock = clock
        self._due = due

    async def open(self, visitor: str, topic: str, key: str, context: str) -> Ticket:
        """Put a question on the desk. The same `key` puts it there once and gives the same ticket,
        whatever else is said the second time."""
        now = self._clock()
        async with self._sessions.begin() as session:
            await keep_once(
                session,
                TicketRow,
                key=key,
                urn=visitor,
                topic=topic,
                context=context,
                opened_at=now,
                state=State.OPEN.value,
                due_at=self._due(now),
            )
            return _ticket((await session.execute(_tickets(TicketRow.key == key))).one())

    async def call_back(self, key: str, contact: str, when: str = "") -> None:
        """Note with the question of this key the number to call back, and when."""
        mine = update(TicketRow).where(TicketRow.key == key, TicketRow.state != State.CLOSED)
        async with self._sessions.begin() as session:
            await session.execute(mine.values(contact=contact, contact_when=when or None))

    async def open_ones(self, limit: int, scope: Scope = EVERYWHERE) -> list[Ticket]:
        """Those that nobody has taken and that are not put off, the longest waiting first."""
        return await self._some(self._is_waiting(), scope, limit)

    async def of_staff(self, staff: str, limit: int, scope: Scope = EVERYWHERE) -> list[Ticket]:
        """Those that somebody has taken."""
        mine = and_(TicketRow.state == State.TAKEN, TicketRow.staff == staff)
        return await self._some(mine, scope, limit)

    async def put_off(self, limit: int, scope: Scope = EVERYWHERE) -> list[Ticket]:
        """Those that were put off to a later time."""
        later = and_(TicketRow.state == State.OPEN, TicketRow.snoozed_until > self._clock())
        return await self._some(later, scope, limit)

    async def closed(self, limit: int, scope: Scope = EVERYWHERE) -> list[Ticket]:
        """Those that were closed, the last first."""
        wanted = _tickets(TicketRow.state == State.CLOSED, _within(scope))
        return await self._read(wanted.order_by(TicketRow.closed_at.desc()), limit)

    async def waiting(self, scope: Scope = EVERYWHERE) -> int:
        """How many nobody has taken and that are not put off."""
        wanted = _tickets(self._is_waiting(), _within(scope)).subquery()
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).select_from(wanted)) or 0

    async def get(self, number: int, scope: Scope = EVERYWHERE) -> Ticket | None:
        """The ticket of that number, if it lies within the scope."""
        found = await self._read(_tickets(TicketRow.id == number, _within(scope)), 1)
        return found[0] if found else None

    async def take(self, number: int, staff: str) -> None:
        """Take it; whoever has it keeps it. Raises AlreadyTaken."""
        is_free = TicketRow.state == State.OPEN
        values = {"state": State.TAKEN.value, "staff": staff, "taken_at": self._clock()}
        if not await self._change(number, is_free, snoozed_until=None, **values):
            taken = await self.get(number)
            if taken is None or taken.state is not State.TAKEN or taken.staff != staff:
                raise AlreadyTaken(number)

    async def transfer(self, number: int, staff: str, to: str) -> None:
        """Hand it on. Raises AlreadyTaken when it is not one's own."""
        await self._mine(number, staff, staff=to, taken_at=self._clock())

    async def put_back(self, number: int, staff: str, until: datetime | None = None) -> None:
        """Back to the desk, from `until` on. Raises AlreadyTaken when it is not one's own."""
        await self._mine(number, staff, state=State.OPEN.value, staff=None, snoozed_until=until)

    async def close(self, number: int, staff: str, outcome: Outcome) -> None:
        """It is done. Raises AlreadyTaken when it is not one's own."""
        now = self._clock()
        await self._mine(
            number, staff, state=State.CLOSED.value, outcome=outcome.value, closed_at=now
        )

    async def note(self, number: int, staff: str, text: str) -> None:
        """Write something down about it."""
        row = TicketNoteRow(ticket_id=number, at=self._clock(), staff=staff, text=text)
        async with self._sessions.begin() as session:
            session.add(row)

    async def notes(self, number: int) -> list[Note]:
        """Everything that was written down about it."""
        wanted = select(TicketNoteRow).where(TicketNoteRow.ticket_id == number)
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(TicketNoteRow.id).limit(rows_at_once(500)))
            return [Note(row.at, row.staff, row.text) for row in rows]

    async def overdue(self, limit: int) -> list[Ticket]:
        """Those that should have been taken by now and nobody was reminded of."""
        late = and_(
            TicketRow.state == State.OPEN,
            TicketRow.due_at < self._clock(),
            TicketRow.nudged_at.is_(None),
        )
        return await self._some(late, EVERYWHERE, limit)

    async def nudged(self, number: int) -> None:
        """The staff were reminded of it."""
        await self._change(number, TicketRow.id == number, nudged_at=self._clock())

    def _is_waiting(self) -> ColumnElement[bool]:
        until = TicketRow.snoozed_until
        return and_(TicketRow.state == State.OPEN, or_(until.is_(None), until <= self._clock()))

    async def _mine(self, number: int, who: str, **values: object) -> None:
        mine = and_(TicketRow.state == State.TAKEN, TicketRow.staff == who)
        if not await self._change(number, mine, **values):
            raise AlreadyTaken(number)

    async def _change(self, number: int, when: ColumnElement[bool], **values: object) -> bool:
        change = update(TicketRow).where(TicketRow.id == number, when).values(**values)
        async with self._sessions.begin() as session:
            return await session.scalar(change.returning(TicketRow.id)) is not None

    async def _some(self, which: ColumnElement[bool], scope: Scope, limit: int) -> list[Ticket]:
        wanted = _tickets(which, _within(scope))
        return await self._read(wanted.order_by(TicketRow.opened_at, TicketRow.id), limit)

    async def _read(self, wanted: Found, limit: int) -> list[Ticket]:
        async with self._sessions() as session:
            found = await session.execute(wanted.limit(rows_at_once(limit)))
            return [_ticket(each) for each in found]


def _tickets(*conditions: ColumnElement[bool]) -> Found:
    """Tickets with the county and town of whoever asked."""
    joined = select(TicketRow, SeekerRow.county, SeekerRow.town)
    joined = joined.join(SeekerRow, SeekerRow.urn == TicketRow.urn, isouter=True)
    return joined.where(*conditions)


def _within(scope: Scope) -> ColumnElement[bool]:
    return scope.within(SeekerRow.county, SeekerRow.town)


def _ticket(found: SqlRow[TicketRow, str | None, str | None]) -> Ticket:
    row, county, town = found
    return Ticket(
        number=row.id,
        visitor=row.urn,
        topic=row.topic,
        context=row.context,
        opened_at=row.opened_at,
        state=State(row.state),
        due_at=row.due_at,
        contact=row.contact,
        contact_when=row.contact_when,
        staff=row.staff,
        taken_at=row.taken_at,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
        outcome=row.outcome,
        county=county,
        town=town,
    )
