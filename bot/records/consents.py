"""Consents: what visitors agreed or refused to, to which words, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.tables import ConsentRow
from dialogs.consent import Purpose

# Asked in every turn of who registers, and built once: that takes longer than asking.
_LAST = (
    select(ConsentRow.given)
    .where(
        ConsentRow.urn == bindparam("visitor"),
        ConsentRow.purpose == bindparam("for_purpose"),
        ConsentRow.version == bindparam("of_version"),
    )
    .order_by(ConsentRow.at.desc(), ConsentRow.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to a notice."""

    purpose: str
    version: str
    given: bool
    at: datetime


class ConsentBook:
    """Every answer ever given, one a key; the newest one of a purpose counts."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        version: Callable[[Purpose], str],
    ) -> None:
        """`version`: that of the notice which is shown now."""
        self._sessions = sessions
        self._clock = clock
        self._version = version

    def version(self, purpose: Purpose) -> str:
        """The version of the notice that is shown now."""
        return self._version(purpose)

    async def given(self, visitor: str, purpose: Purpose, version: str) -> bool | None:
        """The last answer to this version; None when it was never asked."""
        of = {"visitor": visitor, "for_purpose": purpose, "of_version": version}
        async with self._sessions() as session:
            return await session.scalar(_LAST, of)

    async def record(
        self, visitor: str, purpose: Purpose, version: str, given: bool, key: str
    ) -> None:
        """Keep an answer; the same `key` is kept once."""
        async with self._sessions.begin() as session:
            await keep_once(
                session,
                ConsentRow,
                key=key,
                urn=visitor,
                purpose=purpose,
                version=version,
                given=given,
                at=self._clock(),
            )

    async def of(self, visitor: str) -> dict[str, Given]:
        """The last answer to each purpose that the visitor was ever asked."""
        row = ConsentRow
        all_of = select(row).where(row.urn == visitor).order_by(row.at, row.id)
        async with self._sessions() as session:
            found = await session.scalars(all_of)
            return {it.purpose: Given(it.purpose, it.version, it.given, it.at) for it in found}
