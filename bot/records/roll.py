"""The roll: people whom staff enter into the ledger, from their own tables; no channel reaches
them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.scope import EVERYWHERE, Scope
from bot.records.seekers import DESK, State
from bot.records.services import note
from bot.records.tables import SeekerRow, ServiceRow, WishRow
from bot.records.wishes import keep_wish, wish_in, wish_row
from dialogs.work import Pace, Wish


class Fate(StrEnum):
    """What became of somebody in a file."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody as a table has them; what is None it does not say, and leaves as it was."""

    name: str | None = None
    phone: str | None = None
    county: str | None = None
    town: str | None = None
    village: str | None = None
    age: int | None = None
    category: str | None = None
    station: str | None = None
    officer: str | None = None
    wish: Wish | None = None
    is_example: bool = False

    @property
    def key(self) -> tuple[str | None, ...]:
        """What makes two lines the same person: the telephone, else the name and the place."""
        return _key(self.phone, self.name, self.county, self.town, self.village)


_TOLD = ("name", "phone", "county", "town", "village", "age", "category", "station", "officer")


class Roll:
    """Who was entered by staff."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def keep(
        self,
        people: Sequence[Newcomer],
        key: str,
        scope: Scope = EVERYWHERE,
        *,
        is_trial: bool = False,
    ) -> list[Fate]:
        """Take in what a table says: who is new gets a number, who is known is brought up to date.
        One answer each, in order; all or nothing. `key`: names this table in the cards. `scope`:
        nobody outside of it is known or touched; a trial leaves everything as it was."""
        theirs = scope.within(SeekerRow.county, SeekerRow.town)
        desk = select(SeekerRow).where(SeekerRow.urn.like(f"{DESK}%"), theirs)
        async with self._sessions() as session:
            known = {_key_of(row): row for row in await session.scalars(desk)}
            fates = [await self._keep(session, known, one, key) for one in people]
            await (session.rollback() if is_trial else session.commit())
            return fates

    async def remove_examples(self) -> int:
        """Take the example people out again, with their wishes and cards; how many."""
        examples = select(SeekerRow.id).where(SeekerRow.is_example)
        gone = delete(SeekerRow).where(SeekerRow.is_example).returning(SeekerRow.id)
        async with self._sessions.begin() as session:
            for row in (WishRow, ServiceRow):
                theirs = delete(row).where(row.seeker_id.in_(examples))
                await session.execute(theirs.execution_options(synchronize_session=False))
            unloaded = gone.execution_options(synchronize_session=False)
            return len(list(await session.scalars(unloaded)))

    async def _keep(
        self,
        session: AsyncSession,
        known: dict[tuple[str | None, ...], SeekerRow],
        one: Newcomer,
        key: str,
    ) -> Fate:
        now = self._clock()
        row = known.get(one.key)
        fate = Fate.SAME
        if row is None:
            row = known[one.key] = await _new(session, one, f"{key}:{len(known)}", now)
            await note(session, row.id, "imported", {}, f"{key}:{row.id}", now)
            fate = Fate.NEW
        if _tell(row, one) and fate is Fate.SAME:
            fate = Fate.UPDATED
        if await _has_new_wish(session, row, one, now) and fate is Fate.SAME:
            fate = Fate.UPDATED
        if fate is not Fate.SAME:
            row.updated_at = now
        return fate


async def _new(session: AsyncSession, one: Newcomer, name: str, now: datetime) -> SeekerRow:
    row = SeekerRow(
        urn=f"{DESK}{name}",
        state=State.ACTIVE.value,
        pace=Pace.NEVER.value,
        registered_at=now,
        updated_at=now,
        is_example=one.is_example,
    )
    session.add(row)
    await session.flush()
    row.urn = f"{DESK}{row.id}"
    return row


def _tell(row: SeekerRow, one: Newcomer) -> bool:
    """Bring the row up to date; whether anything was."""
    told = {name: getattr(one, name) for name in _TOLD}
    news = {name: value for name, value in told.items() if value not in (None, getattr(row, name))}
    for name, value in news.items():
        setattr(row, name, value)
    return bool(news)


async def _has_new_wish(
    session: AsyncSession, row: SeekerRow, one: Newcomer, now: datetime
) -> bool:
    if one.wish is None:
        return False
    before = await wish_row(session, row.id)
    if before is not None and wish_in(before, one.wish.age) == one.wish:
        return False
    await keep_wish(session, row.id, one.wish, now)
    if before is not None:
        await session.refresh(before)
    return True


def _key_of(row: SeekerRow) -> tuple[str | None, ...]:
    return _key(row.phone, row.name, row.county, row.town, row.village)


def _key(
    phone: str | None, name: str | None, county: str | None, town: str | None, village: str | None
) -> tuple[str | None, ...]:
    return (phone,) if phone else (name, county, town, village)
