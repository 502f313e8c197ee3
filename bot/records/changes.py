"""Changes of the content: proposed by one person, decided by another; every version is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.tables import ChangeRow


class State(StrEnum):
    """Where a change stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


class AlreadyDecided(Exception):
    """Somebody else was quicker, or it is one's own change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one file."""

    number: int
    at: datetime
    staff: str
    file: str
    before: str | None  # None: a new file
    after: str
    questions: Sequence[str]
    state: State
    decided_by: str | None
    decided_at: datetime | None


class Changes:
    """Every change that was proposed."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def propose(
        self, staff: str, file: str, before: str | None, after: str, questions: Sequence[str]
    ) -> int:
        """Somebody else is to look at it; its number."""
        row = ChangeRow(
            at=self._clock(), staff=staff, file=file, before=before, after=after,
            questions=list(questions), state=State.PROPOSED.value,
        )  # fmt: skip
        async with self._sessions.begin() as session:
            session.add(row)
        return row.id

    async def get(self, number: int) -> Change | None:
        """The change of that number."""
        async with self._sessions() as session:
            row = await session.get(ChangeRow, number)
            return None if row is None else _change(row)

    async def latest(self, limit: int = 100) -> list[Change]:
        """The newest first, those that wait for somebody before all others."""
        is_waiting = ChangeRow.state == State.PROPOSED.value
        wanted = select(ChangeRow).order_by(is_waiting.desc(), ChangeRow.id.desc())
        async with self._sessions() as session:
            rows = await session.scalars(wanted.limit(rows_at_once(limit)))
            return [_change(row) for row in rows]

    async def waiting(self, staff: str) -> int:
        """How many wait for this person: their own do not."""
        row = ChangeRow
        wanted = select(func.count()).where(row.state == State.PROPOSED.value, row.staff != staff)
        async with self._sessions() as session:
            return await session.scalar(wanted) or 0

    async def decide(self, number: int, staff: str, state: State) -> None:
        """Approve or reject what somebody else proposed. Raises AlreadyDecided."""
        row = ChangeRow
        change = update(row).where(
            row.id == number,
            row.state == State.PROPOSED.value,
            (row.staff != staff) | (state == State.REJECTED),
        )
        values = {"state": state.value, "decided_by": staff, "decided_at": self._clock()}
        async with self._sessions.begin() as session:
            decided = change.values(**values).returning(row.id)
            if await session.scalar(decided) is None:
                raise AlreadyDecided(number)

    async def undo(self, number: int) -> None:
        """It could not be applied after all, and waits again."""
        back = update(ChangeRow).where(ChangeRow.id == number)
        values = {"state": State.PROPOSED.value, "decided_by": None, "decided_at": None}
        async with self._sessions.begin() as session:
            await session.execute(back.values(**values))


def _change(row: ChangeRow) -> Change:
    return Change(
        row.id, row.at, row.staff, row.file, row.before, row.after, row.questions,
        State(row.state), row.decided_by, row.decided_at,
    )  # fmt: skip
