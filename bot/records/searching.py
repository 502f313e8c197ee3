"""Finding conversations by words that were said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.conversations import Spoken, spoken
from bot.records.days import day_of
from bot.records.lookups import Sought, fitting
from bot.records.pieces import Wanted
from bot.records.scope import Scope
from bot.records.tables import ConversationRow, MessageRow
from bot.records.talks import Talk, Talks
from bot.records.wordbook import Wordbook

_AT_ONCE = 500  # messages looked at
_MOST = 2000  # messages looked at for one page: what comes later is on the next one
_SPARE = 20  # more than a page has, when every message is welcome

_Key = tuple[str, date]  # whose, and of which day


@dataclass(frozen=True, slots=True)
class Hit:
    """A message with the words, and the conversation in which it was said."""

    talk: Talk
    said: Spoken


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits, the newest first; `before` leads to those before, None when there are
    none."""

    hits: Sequence[Hit]
    before: int | None


class Search:
    """All that was said, within what somebody may see."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._talks = Talks(sessions)
        self._words = Wordbook()

    async def find(
        self, what: Wanted, sought: Sought, scope: Scope, limit: int, before: int | None = None
    ) -> Hits:
        """Up to `limit` hits in conversations that are sought."""
        hits: list[Hit] = []
        is_any = sought == Sought() and scope.is_whole
        size, looked = limit + _SPARE if is_any else _AT_ONCE, 0
        while looked < _MOST and len(hits) < limit:
            numbers = await self._numbers(what, size, before)
            looked += size
            for hit in await self._fitting(numbers, what, sought, scope):
                if len(hits) == limit:
                    return Hits(hits, hits[-1].said.number)
                hits.append(hit)
            if len(numbers) < size:
                return Hits(hits, None)
            before = numbers[-1]
        return Hits(hits, before)

    async def _numbers(self, what: Wanted, size: int, before: int | None) -> list[int]:
        async with self._sessions() as session:
            return await self._words.find(session, what, size, before)

    async def _fitting(
        self, numbers: Sequence[int], what: Wanted, sought: Sought, scope: Scope
    ) -> list[Hit]:
        """Those whose conversation is sought, and that hold the words indeed."""
        places = await self._places(numbers)
        talks = await self._sought(set(places.values()), sought, scope)
        kept = [number for number, place in places.items() if place in talks]
        async with self._sessions() as session:
            rows = await session.scalars(select(MessageRow).where(MessageRow.id.in_(kept)))
            said = sorted((spoken(row) for row in rows), key=lambda it: -it.number)
        return [Hit(talks[places[it.number]], it) for it in said if what.is_in(it.text)]

    async def _places(self, numbers: Sequence[int]) -> dict[int, _Key]:
        """Where each message was said."""
        row = MessageRow
        wanted = select(row.id, row.urn, row.at).where(row.id.in_(numbers))
        async with self._sessions() as session:
            found = await session.execute(wanted)
            return {number: (urn, day_of(at)) for number, urn, at in found}

    async def _sought(self, keys: set[_Key], sought: Sought, scope: Scope) -> dict[_Key, Talk]:
        """Those of the conversations that are sought."""
        if not keys:
            return {}
        row, days = ConversationRow, [day for _, day in keys]
        theirs = fitting(sought).where(
            row.urn.in_({urn for urn, _ in keys}), row.day >= min(days), row.day <= max(days)
        )
        async with self._sessions() as session:
            found = await session.execute(theirs)
            numbers = [number for number, urn, day in found if (urn, day) in keys]
        talks = await self._talks.some(numbers, scope)
        return {(it.urn, it.day): it for it in talks.values()}
