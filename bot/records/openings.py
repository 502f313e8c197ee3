"""Openings: kept from files without doubling, found by whoever looks for work, and ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.opening_rows import STAFF, key_of, opening_of, released, renew, values_of
from bot.records.opening_search import found, may_be_offered
from bot.records.tables import OpeningRow
from dialogs.jobs import Page, Search
from dialogs.work import Opening, OpeningState

AT_ONCE = 500  # rows looked up by one statement


class Fate(StrEnum):
    """What became of a row of a file."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of a file, kept: its fate, and the opening's number."""

    fate: Fate
    number: int


class NoSuchOpening(Exception):
    """There is no opening of that number, or its state does not allow what was asked."""


class Openings:
    """The list of openings (岗位供给清单)."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def keep(
        self, openings: Sequence[Opening], source: str | None = None, *, is_trial: bool = False
    ) -> list[Kept]:
        """Take in what a file says: new ones get a number, known ones are brought up to date. One
        answer each, in order; all or nothing. What a posting calls itself does not matter, its
        `number` and `digest` are ours. `source`: the file; a trial leaves everything as it was."""
        try:
            return await self._keep(openings, source, is_trial)
        except IntegrityError:  # somebody else has just put in one of them
            return await self._keep(openings, source, is_trial)

    async def known(self, keys: Sequence[str]) -> dict[str, Opening]:
        """The openings of these keys (`key_of`), by key."""
        async with self._sessions() as session:
            return {key: opening_of(row) for key, row in (await _known(session, keys)).items()}

    async def get(self, number: int) -> Opening | None:
        """The opening of that number, whatever its state."""
        if not 0 < number < 2**31:
            return None
        async with self._sessions() as session:
            row = await session.get(OpeningRow, number)
            return None if row is None else opening_of(row)

    async def open_ones(self, today: date) -> list[Opening]:
        """Everything that may be offered on that day."""
        return await self._all(select(OpeningRow).where(*may_be_offered(today)))

    async def find(self, search: Search, today: date, page: int = 1, size: int = 5) -> Page:
        """What may be offered and fits the search, newest first; an empty page is past the last."""
        async with self._sessions() as session:
            return await found(session, search, today, page, size)

    async def every_one(self, *states: OpeningState) -> list[Opening]:
        """The openings in any of these states, or in all, by number."""
        wanted = select(OpeningRow)
        if states:
            wanted = wanted.where(OpeningRow.state.in_(states))
        return await self._all(wanted)

    async def changed_since(self, moment: datetime) -> list[Opening]:
        """Those that were put in or changed at that time or later."""
        return await self._all(select(OpeningRow).where(OpeningRow.updated_at >= moment))

    async def close(self, number: int) -> Opening:
        """It is withdrawn. Raises NoSuchOpening."""
        return await self._turn(number, OpeningState.CLOSED)

    async def fill(self, number: int) -> Opening:
        """The place is taken. Raises NoSuchOpening."""
        return await self._turn(number, OpeningState.FILLED)

    async def hold(self, number: int, reason: str) -> Opening:
        """Staff doubt it: it is not offered until it is released. Raises NoSuchOpening."""
        return await self._turn(number, OpeningState.HELD, reason)

    async def release(self, number: int) -> Opening:
        """Staff have looked at it, and it may be offered (again). Raises NoSuchOpening."""
        return await self._turn(number, OpeningState.OPEN)

    async def expire(self, today: date) -> list[int]:
        """Close what is past its last day; the numbers."""
        past = (
            update(OpeningRow)
            .where(OpeningRow.expires < today)
            .where(OpeningRow.state.in_((OpeningState.OPEN, OpeningState.HELD)))
            .values(state=OpeningState.CLOSED, updated_at=self._clock())
            .returning(OpeningRow.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.begin() as session:
            return sorted(await session.scalars(past))

    async def remove_examples(self) -> int:
        """Take the example openings out again; how many."""
        examples = delete(OpeningRow).where(OpeningRow.is_example).returning(OpeningRow.id)
        unloaded = examples.execution_options(synchronize_session=False)
        async with self._sessions.begin() as session:
            return len(list(await session.scalars(unloaded)))

    async def _all(self, wanted: Select[OpeningRow]) -> list[Opening]:
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(OpeningRow.id))
            return [opening_of(row) for row in rows]

    async def _turn(self, number: int, state: OpeningState, reason: str | None = None) -> Opening:
        async with self._sessions.begin() as session:
            row = await session.get(OpeningRow, number, with_for_update=True)
            if row is None:
                raise NoSuchOpening(number)
            row.flags = released(row.flags) + ([] if reason is None else [f"{STAFF}:{reason}"])
            row.state, row.updated_at = state, self._clock()
            return opening_of(row)

    async def _keep(
        self, openings: Sequence[Opening], source: str | None, is_trial: bool
    ) -> list[Kept]:
        now = self._clock()
        async with self._sessions() as session:
            known = await _known(session, [key_of(it) for it in openings])
            kept = [_kept(session, known, it, source, now) for it in openings]
            await session.flush()
            fates = [Kept(fate, row.id) for fate, row in kept]
            await (session.rollback() if is_trial else session.commit())
            return fates


async def _known(session: AsyncSession, keys: Sequence[str]) -> dict[str, OpeningRow]:
    known: dict[str, OpeningRow] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = select(OpeningRow).where(OpeningRow.key.in_(keys[start : start + AT_ONCE]))
        known.update({row.key: row for row in await session.scalars(some)})
    return known


def _kept(
    session: AsyncSession,
    known: dict[str, OpeningRow],
    opening: Opening,
    source: str | None,
    now: datetime,
) -> tuple[Fate, OpeningRow]:
    row = known.get(key_of(opening))
    if row is not None:
        return Fate.UPDATED if renew(row, opening, source, now) else Fate.SAME, row
    values = {**values_of(opening), "state": opening.state, "source": source}
    row = known[key_of(opening)] = OpeningRow(**values, created_at=now, updated_at=now)
    session.add(row)
    return Fate.NEW, row
