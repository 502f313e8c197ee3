"""The index of messages by the pieces of their words: FTS5 in SQLite, GIN in PostgreSQL.

A trigger of the database takes out whatever message is deleted. What was common lately is found
from the newest message backwards; what is rare, by the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.pieces import Wanted, pieces
from bot.records.summing import Said

# Newest messages looked through before the index is asked: what is common is among the first, and
# the index would have to fetch every one of it, however old.
_NEWEST = (5_000, 60_000)
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
_LARGEST = 2**62


def entries(messages: Iterable[Said]) -> dict[int, str]:
    """What the index keeps of each message, by its number."""
    return {it.number: " ".join(pieces(it.text)) for it in messages}


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
        self, session: AsyncSession, what: Wanted, most: int, before: int | None = None
    ) -> list[int]:
        """Numbers of messages that have the pieces, the newest first."""
        told: dict[str, object] = {"most": most, "before": before or _LARGEST}
        if await _kind(session) == "sqlite":
            return await _numbers(session, _FIND_SQLITE, {**told, "query": _match(what)})
        told["query"] = _tsquery(what)
        for newest in _NEWEST:
            found = await _numbers(session, _FIND_NEWEST, {**told, "newest": newest})
            if len(found) == most:
                return found
        return await _numbers(session, _FIND_ANY, told)

    async def tidy(self, session: AsyncSession) -> None:
        """Merge what FTS5 has written bit by bit: what was deleted is in it until then."""
        if await _kind(session) == "sqlite":
            merge = "INSERT INTO message_words (message_words) VALUES ('optimize')"
            await session.execute(text(merge))


async def _kind(session: AsyncSession) -> str:
    return (await session.connection()).dialect.name


async def _numbers(session: AsyncSession, query: str, told: Mapping[str, object]) -> list[int]:
    return list(await session.scalars(text(query), told))


def _match(what: Wanted) -> str:
    """The query as FTS5 takes it; pieces are letters and digits only."""
    return " AND ".join([*(f'"{it}"' for it in what.whole), *(f'"{it}"*' for it in what.begun)])


def _tsquery(what: Wanted) -> str:
    return " & ".join([*(f"'{it}'" for it in what.whole), *(f"'{it}':*" for it in what.begun)])
