"""Conversations as supervisors look for them: lists by what they came to, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.conversations import Spoken, spoken
from bot.records.days import begin_of, end_of
from bot.records.limits import rows_at_once
from bot.records.lookups import Place, Sought, edge, listed, seen
from bot.records.scope import Scope
from bot.records.tables import (
    ConversationRow,
    ConversationTagRow,
    MessageRow,
)

COUNTED = 1000  # more are not counted
_REACH = 5_000  # newest conversations among which is counted
_AT_ONCE = 500  # numbers in a statement
MOST_LINES = 1000  # of one conversation


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; its words are in its lines."""

    number: int
    urn: str
    day: date
    channel: str
    county: str | None
    at: datetime
    until: datetime
    turns: int
    answered: int
    choices: int
    declined: int
    handoffs: int
    useful: int
    useless: int
    undelivered: int
    seconds: int
    first_response: int | None
    longest_wait: int | None
    has_personal: bool
    read_at: datetime | None
    read_by: str | None
    score: int | None

    @property
    def place(self) -> Place:
        """Where it stands in every list."""
        return Place(self.at, self.number)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were counted, and whether these are all."""

    number: int
    is_all: bool


class Talks:
    """The conversations, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def older(
        self, sought: Sought, scope: Scope, limit: int, before: Place | None = None
    ) -> list[Talk]:
        """The newest first, those before `before`."""
        return await self._read(listed(sought, scope, before, newer=False), limit)

    async def newer(self, sought: Sought, scope: Scope, limit: int, after: Place) -> list[Talk]:
        """Those right after `after`, the newest first."""
        found = await self._read(listed(sought, scope, after, newer=True), limit)
        return found[::-1]

    async def count(self, sought: Sought, scope: Scope) -> Counted:
        """How many, up to COUNTED, of those that are not too old to be looked at."""
        async with self._sessions() as session:
            far = (await session.execute(edge(sought, _REACH))).first()
            last = None if far is None else Place(*far)
            within = listed(sought, scope, last, newer=last is not None)
            some = within.with_only_columns(ConversationRow.id).limit(COUNTED + 1).subquery()
            found = await session.scalar(select(func.count()).select_from(some)) or 0
        return Counted(min(found, COUNTED), is_all=far is None and found <= COUNTED)

    async def get(self, number: int, scope: Scope) -> Talk | None:
        """The conversation of that number, if it may be seen."""
        found = await self._read(seen(scope).where(ConversationRow.id == number), 1)
        return found[0] if found else None

    async def some(self, numbers: Sequence[int], scope: Scope) -> dict[int, Talk]:
        """Conversations by their numbers; those that may not be seen are left out."""
        found: dict[int, Talk] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            some = ConversationRow.id.in_(numbers[start : start + _AT_ONCE])
            found |= {it.number: it for it in await self._read(seen(scope).where(some), _AT_ONCE)}
        return found

    async def lines(self, talk: Talk) -> list[Spoken]:
        """What was said in it, in order."""
        day = and_(MessageRow.at >= begin_of(talk.day), MessageRow.at < end_of(talk.day))
        wanted = select(MessageRow).where(MessageRow.urn == talk.urn, day)
        wanted = wanted.order_by(MessageRow.at, MessageRow.id).limit(rows_at_once(MOST_LINES))
        async with self._sessions() as session:
            return [spoken(row) for row in await session.scalars(wanted)]

    async def first_words(self, talks: Sequence[Talk]) -> dict[int, str]:
        """How each begins, by its number; may hold personal data."""
        if not talks:
            return {}
        keys = {(it.urn, it.at): it.number for it in talks}
        columns = (MessageRow.id, MessageRow.urn, MessageRow.at, MessageRow.text)
        urns, times = ({key[part] for key in keys} for part in (0, 1))
        # More than asked for may be found, but each by the index.
        first = select(*columns).where(MessageRow.urn.in_(urns), MessageRow.at.in_(times))
        async with self._sessions() as session:
            rows = sorted(await session.execute(first), key=lambda it: -it.id)
            return {keys[urn, at]: text for _, urn, at, text in rows if (urn, at) in keys}

    async def tags(self, talks: Sequence[Talk]) -> dict[int, list[tuple[str, str]]]:
        """What each can be found by, by its number."""
        found: dict[int, list[tuple[str, str]]] = {it.number: [] for it in talks}
        row = ConversationTagRow
        mine = select(row.conversation_id, row.kind, row.value).where(
            row.conversation_id.in_(list(found))
        )
        async with self._sessions() as session:
            for number, kind, value in await session.execute(mine.order_by(row.kind, row.value)):
                found[number].append((kind, value))
        return found

    async def read(self, number: int, staff: str, at: datetime) -> None:
        """Somebody has read it; who has first stays."""
        unread = and_(ConversationRow.id == number, ConversationRow.read_at.is_(None))
        async with self._sessions.begin() as session:
            change = update(ConversationRow).where(unread)
            await session.execute(change.values(read_at=at, read_by=staff))

    async def unread(self, number: int) -> None:
        """It is as if nobody had read it."""
        async with self._sessions.begin() as session:
            change = update(ConversationRow).where(ConversationRow.id == number)
            await session.execute(change.values(read_at=None, read_by=None))

    async def _read(self, wanted: Select[ConversationRow, str | None], limit: int) -> list[Talk]:
        async with self._sessions() as session:
            found = await session.execute(wanted.limit(rows_at_once(limit)))
            return [_talk(row, county) for row, county in found]


def _talk(row: ConversationRow, county: str | None) -> Talk:
    return Talk(
        number=row.id,
        urn=row.urn,
        day=row.day,
        channel=row.channel,
        county=county,
        at=row.at,
        until=row.until,
        turns=row.turns,
        answered=row.answered,
        choices=row.choices,
        declined=row.declined,
        handoffs=row.handoffs,
        useful=row.useful,
        useless=row.useless,
        undelivered=row.undelivered,
        seconds=row.seconds,
        first_response=row.first_response,
        longest_wait=row.longest_wait,
        has_personal=row.has_personal,
        read_at=row.read_at,
        read_by=row.read_by,
        score=row.score,
    )
