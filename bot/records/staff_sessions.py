"""Who is signed in where. The browser holds a random token; its digest is all that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.digests import digest
from bot.records.tables import StaffSessionRow

TOUCH_EVERY = timedelta(minutes=1)  # a session in use is written down so often


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One browser at which somebody is signed in."""

    number: int
    staff: int
    csrf: str
    is_whole: bool  # the second factor was given where one is asked for
    opened_at: datetime
    seen_at: datetime
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


class StaffSessions:
    """The open sessions."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        limits: Limits | None = None,
        new_token: Callable[[], str] = token_urlsafe,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._limits = limits or Limits()
        self._new_token = new_token

    async def open(self, staff: int, *, is_whole: bool, address: str, browser: str) -> str:
        """Sign somebody in; the token that their browser is to hold."""
        token, now = self._new_token(), self._clock()
        row = StaffSessionRow(
            token=digest(token),
            csrf=self._new_token(),
            staff_id=staff,
            is_whole=is_whole,
            opened_at=now,
            seen_at=now,
            address=address,
            browser=browser,
        )
        async with self._sessions.begin() as session:
            session.add(row)
        return token

    async def find(self, token: str) -> StaffSession | None:
        """The session of a token, if it has not ended; it counts as used now."""
        wanted = select(StaffSessionRow).where(StaffSessionRow.token == digest(token))
        async with self._sessions() as session:
            row = await session.scalar(wanted.where(self._is_open()))
        if row is None:
            return None
        if self._clock() - row.seen_at >= TOUCH_EVERY:
            await self._change(StaffSessionRow.id == row.id, seen_at=self._clock())
        return _session(row)

    async def of(self, staff: int) -> list[StaffSession]:
        """Every open session of somebody, the newest first."""
        wanted = select(StaffSessionRow).where(StaffSessionRow.staff_id == staff, self._is_open())
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(StaffSessionRow.id.desc()))
            return [_session(row) for row in rows]

    async def end(self, number: int, staff: int) -> None:
        """End one session of somebody."""
        its = (StaffSessionRow.id == number) & (StaffSessionRow.staff_id == staff)
        await self._change(its, ended_at=self._clock())

    async def end_all(self, staff: int) -> None:
        """Sign somebody out everywhere."""
        await self._change(StaffSessionRow.staff_id == staff, ended_at=self._clock())

    def _is_open(self) -> ColumnElement[bool]:
        now, limits = self._clock(), self._limits
        return (
            StaffSessionRow.ended_at.is_(None)
            & (StaffSessionRow.seen_at > now - limits.idle)
            & (StaffSessionRow.opened_at > now - limits.absolute)
        )

    async def _change(self, which: ColumnElement[bool], **values: object) -> None:
        open_one = StaffSessionRow.ended_at.is_(None)
        async with self._sessions.begin() as session:
            await session.execute(update(StaffSessionRow).where(which, open_one).values(**values))


def _session(row: StaffSessionRow) -> StaffSession:
    return StaffSession(
        row.id, row.staff_id, row.csrf, row.is_whole, row.opened_at, row.seen_at, row.address,
        row.browser,
    )  # fmt: skip
