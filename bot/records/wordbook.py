"""The index of messages by the pieces of their words: FTS5 in SQLite, GIN in PostgreSQL.

A trigger of the database takes out whatever message is deleted. SQLite finds the newest first by
its index; PostgreSQL's has no order, so that what is common is found from the newest message
backwards, and only what is rare by the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.pieces import Wanted, pieces
from bot.records.summing import Said

_NEWEST = 5_000  # messages looked through in any case
_FAR = 600_000  # those looked through for what is common: its last use may be some time ago
_SAMPLE = 3_000  # messages from anywhere, the same ones for a while, that tell what is common
_FEW = 20_000  # hits that the index may fetch: each is a page of its own
_AT_ONCE = 500  # numbers in a statement

_KNOWN = {
    "sqlite": "SELECT rowid FROM message_words WHERE rowid IN :numbers",
    "postgresql": "SELECT message_id FROM message_words WHERE message_id IN :numbers",
}
_ADD = {
    "sqlite": "INSERT INTO message_words (rowid, words) SELECT :number, :words"
    " WHERE EXISTS (SELECT 1 FROM messages WHERE id = :number)",
    "postgresql": "INSERT INTO message_words (message_id, words)"
    " SELECT id, array_to_tsvector(string_to_array(:words, ' ')) FROM messages WHERE id = :number"
    " ON CONFLICT DO NOTHING",
}
_FIND_SQLITE = """
SELECT rowid FROM message_words WHERE message_words MATCH :query AND rowid < :before
ORDER BY rowid DESC LIMIT :most
"""
_FIND_NEWEST = """
SELECT message_id FROM (
    SELECT message_id, words FROM message_words WHERE message_id < :before
    ORDER BY message_id DESC LIMIT :newest
) AS newest
WHERE words @@ CAST(:query AS tsquery) ORDER BY message_id DESC LIMIT :most
"""
_FIND_ANY = """
WITH hits AS MATERIALIZED (
    SELECT message_id FROM message_words
    WHERE words @@ CAST(:query AS tsquery) AND message_id < :before
)
SELECT message_id FROM hits ORDER BY message_id DESC LIMIT :most
"""
_FIND_SOME = """
SELECT count(*) FROM message_words TABLESAMPLE SYSTEM (:percent)
REPEATABLE (164) WHERE words @@ CAST(:query AS tsquery)
"""
_LARGEST = 2**62


def entries(messages: Iterable[Said]) -> dict[int, str]:
    """What the index keeps of each message, by its number."""
    return {it.number: " ".join(pieces(it.text)) for it in messages}


@dataclass(slots=True)
class Quest:
    """What is looked for, a part of the messages at a time."""

    what: Wanted
    is_rare: bool | None = None  # None: not known yet


class Wordbook:
    """The index, inside the caller's transactions."""

    async def add(self, session: AsyncSession, words: Mapping[int, str]) -> None:
        """Index messages; those that are, or were deleted meanwhile, are passed over."""
        known = await self.known(session, words)
        rows = [
            {"number": number, "words": of} for number, of in words.items() if number not in known
        ]
        if rows:
            await session.execute(text(_ADD[await _kind(session)]), rows)

    async def known(self, session: AsyncSession, messages: Iterable[int]) -> set[int]:
        """Which of these messages are indexed."""
        numbers, known = sorted(messages), set[int]()
        asked = text(_KNOWN[await _kind(session)]).bindparams(bindparam("numbers", expanding=True))
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            known.update(await session.scalars(asked, {"numbers": some}))
        return known

    async def find(
        self, session: AsyncSession, quest: Quest, most: int, before: int | None = None
    ) -> list[int]:
        """Numbers of messages that have the pieces, the newest first."""
        told: dict[str, object] = {"most": most, "before": before or _LARGEST}
        if await _kind(session) == "sqlite":
            return await _numbers(session, _FIND_SQLITE, {**told, "query": _match(quest.what)})
        told["query"] = _tsquery(quest.what)
        found = await _numbers(session, _FIND_NEWEST, {**told, "newest": _NEWEST})
        if len(found) < most and quest.is_rare is None:
            quest.is_rare = await _is_rare(session, told["query"])
        if len(found) < most and not quest.is_rare:
            found = await _numbers(session, _FIND_NEWEST, {**told, "newest": _FAR})
        if len(found) == most:
            return found
        await session.execute(text("SET LOCAL work_mem = '32MB'"))  # the places of all hits
        return await _numbers(session, _FIND_ANY, told)

    async def tidy(self, session: AsyncSession) -> None:
        """Merge what FTS5 has written bit by bit: what was deleted is in it until then."""
        if await _kind(session) == "sqlite":
            merge = "INSERT INTO message_words (message_words) VALUES ('optimize')"
            await session.execute(text(merge))


async def _kind(session: AsyncSession) -> str:
    return (await session.connection()).dialect.name


async def _is_rare(session: AsyncSession, query: object) -> bool:
    """Whether the index has few messages with the pieces, reckoned from a sample."""
    whole = await session.scalar(text("SELECT max(message_id) FROM message_words")) or 1
    percent = min(100.0, 100 * _SAMPLE / whole)
    among = await session.scalar(text(_FIND_SOME), {"percent": percent, "query": query})
    return (among or 0) * 100 / percent <= _FEW


async def _numbers(session: AsyncSession, query: str, told: Mapping[str, object]) -> list[int]:
    return list(await session.scalars(text(query), told))


def _match(what: Wanted) -> str:
    """The query as FTS5 takes it; pieces are letters and digits only."""
    return " AND ".join([*(f'"{it}"' for it in what.whole), *(f'"{it}"*' for it in what.begun)])


def _tsquery(what: Wanted) -> str:
    return " & ".join([*(f"'{it}'" for it in what.whole), *(f"'{it}':*" for it in what.begun)])
