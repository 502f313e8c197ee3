"""Seekers: the people in the ledger, whoever entered them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.services import note
from bot.records.tables import SeekerRow
from dialogs.work import Pace

DESK = "desk:"  # how the urn of somebody begins whom staff entered: no channel reaches them


class State(StrEnum):
    """Where a seeker stands."""

    ACTIVE = "active"  # wants work
    WORKING = "working"  # is in work, and asked from time to time whether it lasts
    WITHDRAWN = "withdrawn"  # wants to hear of no work any more


@dataclass(frozen=True, slots=True)
class Seeker:
    """A person in the ledger; `number` is what staff call them by."""

    number: int
    urn: str
    name: str | None
    phone: str | None
    county: str | None
    town: str | None
    village: str | None
    age: int | None
    category: str | None
    station: str | None
    officer: str | None
    state: State
    pace: Pace
    next_push_at: datetime | None
    registered_at: datetime
    updated_at: datetime
    is_example: bool


class Seekers:
    """The people in the ledger."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def of(self, visitor: str) -> Seeker | None:
        """The seeker that a visitor is, if they are in the ledger."""
        return await self._one(SeekerRow.urn == visitor)

    async def get(self, number: int) -> Seeker | None:
        """The seeker with that number."""
        return await self._one(SeekerRow.id == number)

    async def introduce(self, visitor: str, name: str | None, phone: str | None) -> None:
        """Keep how somebody in the ledger wants to be called, and where; None leaves it as it is.
        Twice is as good as once."""
        told = {"name": name, "phone": phone}
        await self._change(visitor, {key: value for key, value in told.items() if value})

    async def categorise(self, visitor: str, category: str | None, key: str) -> None:
        """Keep the difficulty a seeker has told of, or forget it; who is not in the ledger yet is
        entered. The card tells only that it was told, not what."""
        async with self._sessions.begin() as session:
            number = await enter(session, visitor, self._clock())
            kind = "category_told" if category else "category_dropped"
            if await note(session, number, kind, {}, key, self._clock()):
                row = await session.get_one(SeekerRow, number)
                row.category, row.updated_at = category, self._clock()

    async def assign(
        self, number: int, station: str | None, officer: str | None, key: str, staff: str | None
    ) -> bool:
        """Put a station and an officer in charge; False when there is no such seeker."""
        async with self._sessions.begin() as session:
            row = await session.get(SeekerRow, number)
            if row is None:
                return False
            facts = {"station": station, "officer": officer}
            if await note(session, number, "assigned", facts, key, self._clock(), staff):
                row.station, row.officer, row.updated_at = station, officer, self._clock()
            return True

    async def describe(
        self, number: int, told: Mapping[str, str | None], key: str, staff: str
    ) -> bool:
        """Keep what staff mended of name, phone and category; None takes it out. False when there
        is no such seeker. The card tells only that it was done; the same `key` does it once."""
        now = self._clock()
        async with self._sessions.begin() as session:
            row = await session.get(SeekerRow, number)
            if row is None:
                return False
            mended = {it: value for it, value in told.items() if value != getattr(row, it)}
            if mended and await note(session, number, "described", {}, key, now, staff):
                for name in ("name", "phone", "category"):
                    setattr(row, name, mended.get(name, getattr(row, name)))
                row.updated_at = now
            return True

    async def _change(self, visitor: str, values: dict[str, str | None]) -> None:
        if not values:
            return
        change = update(SeekerRow).where(SeekerRow.urn == visitor)
        async with self._sessions.begin() as session:
            await session.execute(change.values(**values, updated_at=self._clock()))

    async def _one(self, condition: object) -> Seeker | None:
        async with self._sessions() as session:
            found = await session.scalars(select(SeekerRow).where(condition))  # type: ignore[arg-type]
            row = found.one_or_none()
        return None if row is None else seeker_in(row)


async def enter(session: AsyncSession, visitor: str, at: datetime) -> int:
    """The number of the seeker that a visitor is, inside the caller's transaction; who is not in
    the ledger yet is entered, and is told of openings daily."""
    await keep_once(
        session,
        SeekerRow,
        urn=visitor,
        state=State.ACTIVE.value,
        pace=Pace.DAILY.value,
        registered_at=at,
        updated_at=at,
        is_example=False,
    )
    number = await session.scalar(select(SeekerRow.id).where(SeekerRow.urn == visitor))
    assert number is not None
    return number


def seeker_in(row: SeekerRow) -> Seeker:
    """The seeker that a row holds."""
    return Seeker(
        number=row.id,
        urn=row.urn,
        name=row.name,
        phone=row.phone,
        county=row.county,
        town=row.town,
        village=row.village,
        age=row.age,
        category=row.category,
        station=row.station,
        officer=row.officer,
        state=State(row.state),
        pace=Pace(row.pace),
        next_push_at=row.next_push_at,
        registered_at=row.registered_at,
        updated_at=row.updated_at,
        is_example=row.is_example,
    )
