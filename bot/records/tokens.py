"""Keys for programs that use the API: made once, shown once, kept as a digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.digests import digest
from bot.records.tables import TokenRow


class NameTaken(Exception):
    """There was a key of that name before."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without what it opens with."""

    name: str
    staff: int  # in whose name it acts
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The keys that were given out."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        new_token: Callable[[], str] = token_urlsafe,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._new_token = new_token

    async def make(self, name: str, staff: int) -> str:
        """A new key: the only time it can be read. Raises NameTaken."""
        token = self._new_token()
        row = TokenRow(name=name, token=digest(token), staff_id=staff, created_at=self._clock())
        try:
            async with self._sessions.begin() as session:
                session.add(row)
        except IntegrityError:
            raise NameTaken(name) from None
        return token

    async def use(self, token: str) -> Key | None:
        """The key, unless it is none or was revoked; it counts as used now."""
        wanted = TokenRow.token == digest(token), TokenRow.revoked_at.is_(None)
        use = update(TokenRow).where(*wanted).values(used_at=self._clock()).returning(TokenRow)
        async with self._sessions.begin() as session:
            row = await session.scalar(use)
            return None if row is None else _key(row)

    async def revoke(self, name: str) -> bool:
        """It opens nothing from now on; False when there is none of that name."""
        its = TokenRow.name == name, TokenRow.revoked_at.is_(None)
        revoke = update(TokenRow).where(*its).values(revoked_at=self._clock())
        async with self._sessions.begin() as session:
            return await session.scalar(revoke.returning(TokenRow.id)) is not None

    async def all(self) -> list[Key]:
        """Every key that was ever made."""
        async with self._sessions() as session:
            return [_key(row) for row in await session.scalars(select(TokenRow).order_by("id"))]


def _key(row: TokenRow) -> Key:
    return Key(row.name, row.staff_id, row.created_at, row.used_at, row.revoked_at)
