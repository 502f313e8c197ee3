"""Finding conversations by words that were said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.conversations import Spoken, spoken
from bot.records.lookups import Sought, fitting
from bot.records.pieces import Wanted
from bot.records.scope import Scope
from bot.records.tables import MessageRow
from bot.records.talks import Talk, Talks
from bot.records.wordbook import Quest, Wordbook

_AT_ONCE = 500  # messages looked at
_MOST = 2000  # messages looked at for one page: what comes later is on the next one
_SPARE = 20  # more than a page has, when every message is welcome


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
        size, looked, quest = limit + _SPARE if is_any else _AT_ONCE, 0, Quest(what)
        while looked < _MOST and len(hits) < limit:
            numbers = await self._numbers(quest, size, before)
            looked += size
            for hit in await self._fitting(numbers, what, sought, scope):
                if len(hits) == limit:
                    return Hits(hits, hits[-1].said.number)
                hits.append(hit)
            if len(numbers) < size:
                return Hits(hits, None)
            before = numbers[-1]
        return Hits(hits, before)

    async def _numbers(self, quest: Quest, size: int, before: int | None) -> list[int]:
        async with self._sessions() as session:
            return await self._words.find(session, quest, size, before)

    async def _fitting(
        self, numbers: Sequence[int], what: Wanted, sought: Sought, scope: Scope
    ) -> list[Hit]:
        """Those whose conversation is sought, and that hold the words indeed."""
        async with self._sessions() as session:
            found = await session.execute(fitting(sought, scope, numbers))
            places = {row[0]: row[1] for row in found}
            rows = await session.scalars(select(MessageRow).where(MessageRow.id.in_(places)))
            said = sorted((spoken(row) for row in rows), key=lambda it: -it.number)
        talks = await self._talks.some(sorted(set(places.values())), scope)
        return [
            Hit(talks[places[it.number]], it)
            for it in said
            if places[it.number] in talks and what.is_in(it.text)
        ]
