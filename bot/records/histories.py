"""What was offered to whom, as staff look back on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.offers import Answer
from bot.records.scope import Scope
from bot.records.tables import OfferRow, OpeningRow, SeekerRow


@dataclass(frozen=True, slots=True)
class Offered:
    """One opening that one seeker was told of, and what they said to it."""

    at: datetime
    seeker: int
    name: str | None
    opening: int
    title: str
    employer: str
    answer: Answer | None
    why: str | None
    widened: tuple[str, ...]


class Histories:
    """The offers of the past, the newest first."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def of_seeker(self, seeker: int, limit: int = 100) -> list[Offered]:
        """What one seeker was told of."""
        return await self._found(OfferRow.seeker_id == seeker, true(), limit)

    async def of_opening(self, opening: int, scope: Scope, limit: int = 100) -> list[Offered]:
        """Who was told of one opening, as far as they live within the scope."""
        theirs = scope.within(SeekerRow.county, SeekerRow.town)
        return await self._found(OfferRow.opening_id == opening, theirs, limit)

    async def _found(
        self, which: ColumnElement[bool], where: ColumnElement[bool], limit: int
    ) -> list[Offered]:
        row = OfferRow
        offers = (
            select(row, SeekerRow, OpeningRow)
            .join(SeekerRow, SeekerRow.id == row.seeker_id)
            .join(OpeningRow, OpeningRow.id == row.opening_id)
            .where(which, where)
            .order_by(row.offered_at.desc(), row.id.desc())
        )
        async with self._sessions() as session:
            found = await session.execute(offers.limit(rows_at_once(limit)))
            return [_offered(*rows) for rows in found]


def _offered(row: OfferRow, seeker: SeekerRow, opening: OpeningRow) -> Offered:
    return Offered(
        at=row.offered_at,
        seeker=seeker.id,
        name=seeker.name,
        opening=opening.id,
        title=opening.title,
        employer=opening.employer,
        answer=None if row.answer is None else Answer(row.answer),
        why=row.why,
        widened=tuple(row.widened),
    )
