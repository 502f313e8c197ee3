"""The audit: who did what, in a chain that shows when an entry was changed or taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.columns import clean_name
from bot.records.limits import rows_at_once
from bot.records.tables import AuditRow

_FIRST = "0" * 64  # what the first entry follows
_CHAINING = 164_000_002  # names our lock; nobody else in the same PostgreSQL may use it
_AT_ONCE = 1000  # entries in memory while the chain is verified


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did, or tried to."""

    number: int
    at: datetime
    staff: str
    action: str
    about: str
    detail: Mapping[str, object]
    address: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds: `broken_at` is the number of the first entry that does not fit."""

    entries: int
    broken_at: int | None


class Audit:
    """The chain. Whoever cuts off its end leaves no trace in it: the number and digest of its last
    entry are worth keeping elsewhere."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def note(
        self,
        staff: str,
        action: str,
        about: str = "",
        detail: Mapping[str, object] | None = None,
        address: str = "",
    ) -> None:
        """Append an entry. `detail` must hold no personal datum."""
        async with self._sessions.begin() as session:
            await _alone(session)
            last = await session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
            number = 1 if last is None else last.number + 1
            row = AuditRow(
                number=number,
                at=self._clock().astimezone(UTC),
                staff=clean_name(staff),
                action=action,
                about=clean_name(about),
                detail=dict(detail or {}),
                address=clean_name(address),
            )
            row.digest = _digest(row, _FIRST if last is None else last.digest)
            session.add(row)

    async def verify(self) -> Verdict:
        """Walk the whole chain."""
        before, count = _FIRST, 0
        async with self._sessions() as session:
            while rows := await _after(session, count):
                for row in rows:
                    if row.number != count + 1 or row.digest != _digest(row, before):
                        return Verdict(count, count + 1)
                    before, count = row.digest, count + 1
            total = await session.scalar(select(func.count()).select_from(AuditRow))
        return Verdict(count, None if total == count else count + 1)

    async def latest(
        self, limit: int, before: int | None = None, staff: str = "", action: str = ""
    ) -> list[Entry]:
        """The newest entries first, before the number `before`."""
        wanted = select(AuditRow).order_by(AuditRow.number.desc()).limit(rows_at_once(limit))
        if before is not None:
            wanted = wanted.where(AuditRow.number < before)
        if staff:
            wanted = wanted.where(AuditRow.staff == staff)
        if action:
            wanted = wanted.where(AuditRow.action == action)
        async with self._sessions() as session:
            return [_entry(row) for row in await session.scalars(wanted)]


async def _alone(session: AsyncSession) -> None:
    """Nobody else appends until this transaction ends."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAINING})"))
    else:  # a write that changes nothing makes every other writer of SQLite wait
        await session.execute(text("UPDATE audit SET number = number WHERE id = -1"))


async def _after(session: AsyncSession, number: int) -> list[AuditRow]:
    found = select(AuditRow).where(AuditRow.number > number).order_by(AuditRow.number)
    return list(await session.scalars(found.limit(_AT_ONCE)))


def _digest(row: AuditRow, before: str) -> str:
    told = [row.number, row.at.isoformat(), row.staff, row.action, row.about, row.detail,
            row.address]  # fmt: skip
    return sha256(before.encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _entry(row: AuditRow) -> Entry:
    return Entry(row.number, row.at, row.staff, row.action, row.about, row.detail, row.address)
