"""The members of staff: who they are and how they prove it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import StaffRow


class Role(StrEnum):
    """What a member of staff may do."""

    STAFF = "staff"  # answers, openings, campaigns
    SUPERVISOR = "supervisor"  # reads and reviews transcripts, too
    ADMIN = "admin"  # staff, switches, audit, too


SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})


class LoginTaken(Exception):
    """There is somebody of that login already."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as pages know them; how they prove who they are is in `Proofs`."""

    number: int
    login: str
    name: str
    role: Role
    scope: Scope
    is_active: bool
    must_change: bool  # their password was set by somebody else
    has_second_factor: bool
    telegram: str | None


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a sign-in is checked against."""

    password: str  # argon2id
    totp_secret: str | None  # sealed
    totp_step: int | None
    recovery: Sequence[str]


class Staff:
    """Everybody who may sign in to the console."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(
        self, login: str, name: str, role: Role, password: str, scope: Scope | None = None
    ) -> Member:
        """A new member, whose password (hashed) must be changed at the first sign-in.

        Raises LoginTaken.
        """
        scope = scope or Scope()
        row = StaffRow(
            login=login,
            name=name,
            role=role.value,
            counties=sorted(scope.counties),
            towns=sorted(scope.towns),
            password=password,
            must_change=True,
            recovery=[],
            is_active=True,
            created_at=self._clock(),
        )
        try:
            async with self._sessions.begin() as session:
                session.add(row)
        except IntegrityError:
            raise LoginTaken(login) from None
        return _member(row)

    async def all(self) -> list[Member]:
        """Everybody, by login."""
        async with self._sessions() as session:
            return [
                _member(row) for row in await session.scalars(select(StaffRow).order_by("login"))
            ]

    async def get(self, number: int) -> Member | None:
        """The member of that number."""
        async with self._sessions() as session:
            row = await session.get(StaffRow, number)
            return None if row is None else _member(row)

    async def by_login(self, login: str) -> tuple[Member, Proofs] | None:
        """The member of that login, with what a sign-in is checked against."""
        async with self._sessions() as session:
            row = await session.scalar(select(StaffRow).where(StaffRow.login == login))
            if row is None:
                return None
            proofs = Proofs(row.password, row.totp_secret, row.totp_step, tuple(row.recovery))
            return _member(row), proofs

    async def by_telegram(self, urn: str) -> Member | None:
        """The active member whose Telegram account that is."""
        wanted = select(StaffRow).where(StaffRow.telegram == urn, StaffRow.is_active)
        async with self._sessions() as session:
            row = await session.scalar(wanted)
            return None if row is None else _member(row)

    async def set_password(self, number: int, password: str, *, must_change: bool) -> None:
        """Another password, hashed."""
        await self._change(number, password=password, must_change=must_change)

    async def set_second_factor(self, number: int, secret: str, recovery: Sequence[str]) -> None:
        """A new secret, sealed, and the sha256 of new recovery codes."""
        values = {"totp_secret": secret, "totp_step": None, "recovery": list(recovery)}
        await self._change(number, **values)

    async def secrets(self) -> dict[int, str]:
        """The sealed secrets of all second factors, by their members' numbers."""
        known = select(StaffRow.id, StaffRow.totp_secret).where(StaffRow.totp_secret.is_not(None))
        async with self._sessions() as session:
            return {number: secret or "" for number, secret in await session.execute(known)}

    async def seal_anew(self, number: int, before: str, after: str) -> None:
        """The same secret in another seal, unless it is another one by now."""
        same = update(StaffRow).where(StaffRow.id == number, StaffRow.totp_secret == before)
        async with self._sessions.begin() as session:
            await session.execute(same.values(totp_secret=after))

    async def drop_second_factor(self, number: int) -> None:
        """It is set up anew at the next sign-in. The account bound in the chat is let go of, too: a
        phone that was lost may hold both."""
        await self._change(number, totp_secret=None, totp_step=None, recovery=[], telegram=None)

    async def use_step(self, number: int, step: int) -> bool:
        """Use up a TOTP step; False when it, or a later one, was used before."""
        later = StaffRow.totp_step.is_(None) | (StaffRow.totp_step < step)
        use = update(StaffRow).where(StaffRow.id == number, later).values(totp_step=step)
        async with self._sessions.begin() as session:
            return await session.scalar(use.returning(StaffRow.id)) is not None

    async def use_recovery(self, number: int, code: str) -> bool:
        """Use up a recovery code (its sha256); False when it is none, or used."""
        async with self._sessions.begin() as session:
            # The first statement locks the row, so that one code opens one session.
            lock = update(StaffRow).where(StaffRow.id == number).values(login=StaffRow.login)
            await session.execute(lock)
            row = await session.get(StaffRow, number, populate_existing=True)
            if row is None or code not in row.recovery:
                return False
            row.recovery = [kept for kept in row.recovery if kept != code]
            return True

    async def change(
        self, number: int, *, name: str, role: Role, scope: Scope, is_active: bool
    ) -> None:
        """What an admin may change; whoever is disabled has no account bound any more."""
        counties, towns = sorted(scope.counties), sorted(scope.towns)
        values = {"name": name, "role": role.value, "counties": counties, "towns": towns}
        if not is_active:
            await self.bind_telegram(number, None)
        await self._change(number, **values, is_active=is_active)

    async def bind_telegram(self, number: int, urn: str | None) -> None:
        """Their Telegram account; it is nobody else's from now on."""
        async with self._sessions.begin() as session:
            drop = update(StaffRow).where(StaffRow.telegram == urn).values(telegram=None)
            await session.execute(drop)
            bind = update(StaffRow).where(StaffRow.id == number).values(telegram=urn)
            await session.execute(bind)

    async def _change(self, number: int, **values: object) -> None:
        async with self._sessions.begin() as session:
            await session.execute(update(StaffRow).where(StaffRow.id == number).values(**values))


def _member(row: StaffRow) -> Member:
    """An admin's region is the whole one, whatever was written down: they could take it anyway."""
    role, part = Role(row.role), Scope(frozenset(row.counties), frozenset(row.towns))
    return Member(
        number=row.id,
        login=row.login,
        name=row.name,
        role=role,
        scope=EVERYWHERE if role is Role.ADMIN else part,
        is_active=row.is_active,
        must_change=row.must_change,
        has_second_factor=row.totp_secret is not None,
        telegram=row.telegram,
    )
