"""Conversations by the million, the same in each run: summed up here, their messages and the index
written by the database itself out of a few thousand texts."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from bot.masking import masked
from bot.records.pieces import pieces
from tests.bench.path import questions
from tests.service import ROOT

TURNS = 3  # of a conversation, each heard and answered
DAYS = 180
FIRST = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
COUNTIES = ("清河县", "威县", "宁晋县", "沙河市", "南宫市", "内丘县", "临城县", "平乡县")
SMALL = "新河县"
_AT_ONCE = 20_000  # conversations
_TABLES = {
    "seekers": ("urn", "county", "state", "pace", "registered_at", "updated_at", "is_example"),
    "conversations": ("id", "urn", "day", "channel", "at", "until", "stale", "is_talk", "turns",
                      "answered", "choices", "declined", "handoffs", "useful", "useless",
                      "undelivered", "seconds", "first_response", "longest_wait", "has_personal",
                      "read_at"),
    "conversation_tags": ("id", "urn", "conversation_id", "at", "kind", "value"),
    "texts": ("kind", "number", "text", "words"),
}  # fmt: skip
_MESSAGES = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_OWN = {  # what each database calls the same
    "sqlite": {
        "later": "strftime('%Y-%m-%d %H:%M:%f000', c.at, '+' || {0} || ' seconds')",
        "key": "rowid",
        "words": "t.words",
    },
    "postgresql": {
        "later": "c.at + {0} * interval '1 second'",
        "key": "message_id",
        "words": "t.index",
    },
}
Rows = dict[str, list[tuple[Any, ...]]]


async def fill(url: str, messages: int) -> None:
    """Put them into an empty database."""
    if url.startswith("sqlite"):
        await asyncio.to_thread(_fill_sqlite, url.partition("///")[2], messages)
    else:
        await _fill_postgresql(url, messages)


def _fill_sqlite(path: str, messages: int) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TEMPORARY TABLE texts (kind, number, text, words)")
        for table, rows in _rows(messages):
            columns = _TABLES[table]
            places = ", ".join("?" * len(columns))
            base.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
                ([_plain(it) for it in row] for row in rows),
            )
        for statement in _statements("sqlite"):
            base.execute(statement)
        base.execute("ANALYZE")
        base.commit()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


async def _fill_postgresql(url: str, messages: int) -> None:
    """The index of words is made at the end: bit by bit it takes hours."""
    base = await asyncpg.connect(url)
    await base.execute("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'")
    await base.execute("DROP INDEX ix_message_words_words")
    await base.execute("CREATE TEMPORARY TABLE texts (kind text, number int, text text, words text,"
                       " index tsvector)")  # fmt: skip
    for table, rows in _rows(messages):
        await base.copy_records_to_table(table, records=rows, columns=_TABLES[table])
    await base.execute(
        "UPDATE texts SET index = array_to_tsvector(string_to_array(words, ' ')); ANALYZE texts"
    )
    for statement in _statements("postgresql"):
        await base.execute(statement)
    await base.execute("CREATE INDEX ix_message_words_words ON message_words USING gin (words)")
    await base.execute("VACUUM ANALYZE")
    await base.close()


def _statements(kind: str) -> list[str]:
    own = _OWN[kind]
    sql = _MESSAGES.replace("{key}", own["key"]).replace("{words}", own["words"])
    seconds = "(turn * c.seconds / 3 + 0.3 * is_said)"
    return sql.replace("{later}", own["later"].format(seconds)).split(";\n")[:-1]


def _rows(messages: int) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Rows for each table."""
    total = messages // (TURNS * 2)
    yield "texts", list(_texts())
    yield "seekers", [_seeker(number) for number in range(0, total // 5, 3)]
    pick, talks, tag = random.Random(164), iter(range(1, total + 1)), 0
    while some := list(islice(talks, _AT_ONCE)):
        rows: Rows = {"conversations": [], "conversation_tags": []}
        for talk in some:
            tag = _talk(rows, pick, talk, total, tag)
        yield from rows.items()


def _seeker(visitor: int) -> tuple[Any, ...]:
    """A third of the visitors is in the ledger; in one county there are few."""
    county = SMALL if visitor % 1000 == 0 else COUNTIES[visitor % len(COUNTIES)]
    return f"web:{visitor}", county, "seeking", "daily", FIRST, FIRST, False


def _talk(rows: Rows, pick: random.Random, talk: int, total: int, tag: int) -> int:
    """One more; the number of its last tag."""
    # One conversation a visitor and day: a third of them come back after a week.
    week = 7 * (total // DAYS) if talk % 3 == 0 else 0
    urn = f"web:{(talk - week) % max(1, total // 5)}"
    at = FIRST + timedelta(days=(talk * DAYS) // (total + 1), seconds=pick.randrange(50_000))
    outcome = pick.choices(("answered", "declined", "choices"), (80, 15, 5))[0]
    policy, seconds = f"p{pick.randrange(60)}", pick.randrange(30, 900)
    has_number, verdict = pick.random() < 0.05, pick.random()
    useful, useless = int(verdict < 0.08), int(verdict > 0.97)
    counts = [TURNS * (outcome == it) for it in ("answered", "choices", "declined")]
    rows["conversations"].append(
        (talk, urn, (at + timedelta(hours=8)).date(), "web", at, at + timedelta(seconds=seconds), 0,
         True, TURNS, *counts, 0, useful, useless, 0, seconds, 300, 300, has_number,
         at if pick.random() < 0.1 else None)
    )  # fmt: skip
    tags = [("channel", "web"), ("script", "policy"), ("outcome", outcome), ("policy", policy)]
    tags += [("mark", name) for name, has in (("personal", has_number), ("useful", useful),
                                              ("useless", useless)) if has]  # fmt: skip
    tags += [("label", "要改")] * (talk % 5000 == 0) + [("staff", "wang")] * (talk % 900 == 0)
    numbered = enumerate(tags, tag + 1)
    rows["conversation_tags"] += [(number, urn, talk, at, *it) for number, it in numbered]
    return tag + len(tags)


def _texts() -> Iterator[tuple[str, int, str, str]]:
    """What is asked and told, by kind and number: each at least once as often as another."""
    asked = questions()
    kinds = {
        "asked": asked,
        "numbered": [f"{it}，电话13000000000" for it in asked],
        "rare": [f"{it}稀罕词" for it in asked],
        "told": _answers(),
    }
    for kind, texts in kinds.items():
        for number in range(4096):
            text = texts[number % len(texts)]
            yield kind, number, text, " ".join(pieces(text))


def _answers() -> Sequence[str]:
    """What policies say, in pieces of the length of an answer."""
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[2]
             for path in sorted((ROOT / "content/policies").glob("*.md"))]  # fmt: skip
    return [masked(text[at : at + 120]) for text in texts for at in range(0, len(text) - 120, 120)]
