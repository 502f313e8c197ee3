"""The supply of openings as staff look through it and mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.leaves import Leaf, leaf
from bot.records.opening_rows import key_of, opening_of, renew
from bot.records.opening_search import narrowed
from bot.records.openings import NoSuchOpening
from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import OpeningRow
from dialogs.jobs import Search
from dialogs.work import Opening, OpeningState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which openings are meant; what is None or False does not matter."""

    search: Search = field(default_factory=Search)
    state: OpeningState | None = None
    is_flagged: bool = False
    expires_by: date | None = None  # among those that are offered or held


class Twin(Exception):
    """There is another opening of the same employer for the same work in the same place."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Supply:
    """Every opening, whatever its state, within a part of the region."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def page(self, which: Wanted, scope: Scope, number: int, size: int) -> Leaf[Opening]:
        """One page, the newest first; `number` counts from 1."""
        async with self._sessions() as session:
            found = await leaf(session, _newest(which, scope), number, size)
        return found.of([opening_of(row) for (row,) in found.rows])

    async def all(self, which: Wanted, scope: Scope) -> list[Opening]:
        """Everything that is meant, the newest first."""
        async with self._sessions() as session:
            return [opening_of(it) for it in await session.scalars(_newest(which, scope))]

    async def count(self, which: Wanted, scope: Scope) -> int:
        """How many are meant."""
        meant = _meant(which, scope).subquery()
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).select_from(meant)) or 0

    async def get(self, number: int, scope: Scope = EVERYWHERE) -> Opening | None:
        """The opening of that number, if it lies within the scope."""
        if not 0 < number < 2**31:
            return None
        async with self._sessions() as session:
            row = await session.get(OpeningRow, number)
            known = row is not None and scope.covers(row.county, row.town)
            return opening_of(row) if row is not None and known else None

    async def twin_of(self, opening: Opening) -> int | None:
        """The number of another opening that is the same one."""
        row = OpeningRow
        same = select(row.id).where(row.key == key_of(opening), row.id != opening.number)
        async with self._sessions() as session:
            return await session.scalar(same)

    async def change(self, opening: Opening) -> Opening:
        """Make the opening of its number what it says. Whether it is offered follows as it does for
        files: what is doubtful waits, what was over begins anew if it is offered for longer.
        Raises NoSuchOpening, Twin."""
        other = await self.twin_of(opening)
        if other is not None:
            raise Twin(other)
        try:
            return await self._change(opening)
        except IntegrityError:  # somebody has just put in the other one
            raise Twin(await self.twin_of(opening) or 0) from None

    async def _change(self, opening: Opening) -> Opening:
        async with self._sessions.begin() as session:
            row = await session.get(OpeningRow, opening.number, with_for_update=True)
            if row is None:
                raise NoSuchOpening(opening.number)
            renew(row, opening, row.source, self._clock())
            await session.flush()
            return opening_of(row)


def _newest(which: Wanted, scope: Scope) -> Select[OpeningRow]:
    return _meant(which, scope).order_by(OpeningRow.published.desc(), OpeningRow.id.desc())


def _meant(which: Wanted, scope: Scope) -> Select[OpeningRow]:
    row = OpeningRow
    conditions: list[ColumnElement[bool]] = [
        scope.within(row.county, row.town),
        *narrowed(which.search),
    ]
    if which.state is not None:
        conditions.append(row.state == which.state.value)
    if which.is_flagged:
        conditions.append(cast(row.flags, String) != "[]")
    if which.expires_by is not None:
        alive = [OpeningState.OPEN.value, OpeningState.HELD.value]
        conditions += [row.state.in_(alive), row.expires <= which.expires_by]
    return select(row).where(*conditions)
