"""Conversations as they were: what a visitor said and heard, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.scope import EVERYWHERE, Scope
from bot.records.tables import MessageRow, SeekerRow


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said or heard. Its text may hold personal data: mask it wherever it is shown."""

    number: int  # of the message in the records
    event: str  # the turn it belongs to
    urn: str
    at: datetime
    is_heard: bool  # the visitor said it
    text: str
    kind: str | None  # heard: dialogs.talk.Kind
    script: str | None
    outcome: str | None
    policies: Sequence[str]
    evidence: Mapping[str, object]
    buttons: Sequence[str]
    delivery: str | None
    delivered_at: datetime | None


class Conversations:
    """The transcripts, by visitor."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def latest(
        self, visitor: str, limit: int, before: int | None = None, scope: Scope = EVERYWHERE
    ) -> list[Spoken]:
        """The last things said, in the order in which they were, before the message `before`;
        nothing, when the visitor is outside the scope."""
        wanted = select(MessageRow).where(MessageRow.urn == visitor)
        if before is not None:
            wanted = wanted.where(MessageRow.id < before)
        if not scope.is_whole:
            home = select(SeekerRow.urn).where(scope.within(SeekerRow.county, SeekerRow.town))
            wanted = wanted.where(MessageRow.urn.in_(home))
        wanted = wanted.order_by(MessageRow.at.desc(), MessageRow.id.desc())
        async with self._sessions() as session:
            rows = list(await session.scalars(wanted.limit(rows_at_once(limit))))
        return [spoken(row) for row in reversed(rows)]


def spoken(row: MessageRow) -> Spoken:
    """The message of a row."""
    return Spoken(
        number=row.id,
        event=row.event,
        urn=row.urn,
        at=row.at,
        is_heard=row.direction == "heard",
        text=row.text,
        kind=row.kind,
        script=row.script,
        outcome=row.outcome,
        policies=row.policies,
        evidence=row.evidence,
        buttons=row.buttons,
        delivery=row.delivery,
        delivered_at=row.delivered_at,
    )
