"""The supervisors' list, filters and search over many messages: a million in SQLite, ten million in
PostgreSQL with `HOTLINE_BENCH_CONSOLE=full`, a fraction of that otherwise; a number means so many
in PostgreSQL alone.

Each page is asked for as the console does it, from the query of its address to its HTML.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
from multidict import MultiDict

from bot.console.html import Html
from bot.console.pages.talks import Offered, TalkPages
from bot.console.visit import Page, Visit
from bot.content import load_words
from bot.masking import masked
from bot.records.bookmarks import Bookmarks
from bot.records.database import Database
from bot.records.pieces import pieces
from bot.records.readings import Readings
from bot.records.scope import EVERYWHERE, Scope
from bot.records.searching import Search
from bot.records.staff import Member, Role
from bot.records.staff_sessions import StaffSession
from bot.records.tables import SeekerRow
from bot.records.talks import Talks
from bot.settings import Settings
from tests.bench.path import questions
from tests.records.postgres import Postgres
from tests.service import ROOT

SIZES = {"sqlite": (100_000, 1_000_000), "postgresql": (200_000, 10_000_000)}
TURNS = 3  # of a conversation, each heard and answered
ROUNDS = 40  # times that each page is asked for
WARM = 2  # times before that, which do not count: the templates are compiled
DAYS = 180
FIRST = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
COUNTIES = ("清河县", "威县", "宁晋县", "沙河市", "南宫市", "内丘县", "临城县", "平乡县")
PAGES = {
    "list": "",
    "list, last page": "before=1767250000_999999999",
    "declined": "outcome=declined",
    "of a policy": "policy=p7",
    "of a label (rare)": "label=要改",
    "of a person (rare)": "staff=wang",
    "a county, unread, a month": "county=清河县&unread=1&begin=2026-03-01&end=2026-03-31",
    "declined, with a number, useless": "outcome=declined&mark=personal&rating=useless",
    "ten minutes and longer": "longer=10",
    "search: a common word": "q=补贴",
    "search: one sign": "q=岁",
    "search: two words": "q=创业 贷款",
    "search: a rare word": "q=稀罕词",
    "search: nothing": "q=麒麟",
    "search: with filters": "q=补贴&county=清河县&outcome=declined",
}
_TABLES = {
    "messages": ("id", "journal_id", "ref", "event", "urn", "direction", "at", "text", "kind",
                 "script", "outcome", "policies", "evidence", "buttons", "delivery"),
    "conversations": ("id", "urn", "day", "channel", "at", "until", "stale", "is_talk", "turns",
                      "answered", "choices", "declined", "handoffs", "useful", "useless",
                      "undelivered", "seconds", "first_response", "longest_wait", "has_personal",
                      "read_at"),
    "conversation_tags": ("id", "urn", "conversation_id", "at", "kind", "value"),
    "message_words": ("message_id", "words"),
}  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]


async def measure(folder: Path) -> dict[str, object]:
    """Milliseconds a page, for each database."""
    asked = os.environ.get("HOTLINE_BENCH_CONSOLE", "")
    in_sqlite, in_postgresql = (sizes[asked == "full"] for sizes in SIZES.values())
    rows: dict[str, object] = {}
    if asked.isdecimal():
        in_postgresql = int(asked)
    else:
        url = f"sqlite:///{folder}/hotline.db"
        rows |= await _measured("SQLite", url, in_sqlite, _fill_sqlite)
    server = Postgres()
    try:
        server.start()
        async with server.database() as url:
            rows |= await _measured("PostgreSQL", url, in_postgresql, _fill_postgresql)
    finally:
        server.stop()
    return rows


async def _measured(
    name: str, url: str, messages: int, fill: Callable[[str, int], Any]
) -> dict[str, object]:
    database = await Database.open(url)
    await _seekers(database, messages)
    began = time.perf_counter()
    await fill(url, messages)
    filled = time.perf_counter() - began
    found = {f"{name}, {messages:,}: {title}": await _page(database, query)
             for title, query in PAGES.items()}  # fmt: skip
    await database.close()
    return {**found, f"{name}_fill_seconds": round(filled)}


async def _page(database: Database, query: str) -> dict[str, float]:
    """Milliseconds for one page, seen in turn by somebody of the whole region and of a county."""
    sessions = database.sessions
    words = load_words(Settings.model_construct(content_dir=ROOT / "content"))
    offered = Offered(["web", "telegram"], lambda: ["policy"], COUNTIES, dict, dict)
    pages = TalkPages(
        Talks(sessions), Search(sessions), Readings(sessions, _now), Bookmarks(sessions), offered
    )
    html, spent = Html(lambda: words), []
    for turn in range(WARM + ROUNDS):
        scope = EVERYWHERE if turn % 2 == 0 else Scope(frozenset(COUNTIES[:1]))
        began = time.perf_counter()
        visit = _visit(query, scope)
        page = await pages.show_all(visit)
        assert isinstance(page, Page)
        around = {"visit": visit, "nav": [], "nonce": "", "notice": "", "path": "/console/talks"}
        assert html.render(page.template, {**around, "now": _now(), **page.facts})
        spent.append((time.perf_counter() - began) * 1000)
    spent = sorted(spent[WARM:])
    p50, p95 = spent[ROUNDS // 2], spent[int(ROUNDS * 0.95) - 1]
    return {"p50_ms": round(p50, 1), "p95_ms": round(p95, 1)}


def _visit(query: str, scope: Scope) -> Visit:
    member = Member(1, "li", "李", Role.SUPERVISOR, scope, True, False, True, None)
    session = StaffSession(1, 1, "csrf", True, _now(), _now(), "", "")
    pairs = (it.partition("=")[::2] for it in query.split("&") if it)
    return Visit(member, session, "", _now(), {}, MultiDict(pairs))


def _now() -> datetime:
    return FIRST + timedelta(days=DAYS)


async def _seekers(database: Database, messages: int) -> None:
    """A third of the visitors is in the ledger."""
    count = messages // (TURNS * 2) // 5
    async with database.sessions.begin() as session:
        rows = [
            {"urn": f"web:{number}", "county": COUNTIES[number % len(COUNTIES)], "state": "seeking",
             "pace": "daily", "registered_at": FIRST, "updated_at": FIRST, "is_example": False}
            for number in range(0, count, 3)
        ]  # fmt: skip
        for start in range(0, len(rows), 5000):
            await session.execute(SeekerRow.__table__.insert(), rows[start : start + 5000])


@dataclass(slots=True)
class _Maker:
    """Makes conversations, the same in each run."""

    messages: int
    random: random.Random = field(default_factory=lambda: random.Random(164))
    asked: Sequence[str] = field(default_factory=questions)
    told: Sequence[str] = field(default_factory=lambda: _answers())
    number: int = 0
    tags: int = 0

    def batches(self, size: int = 2000) -> Iterator[Rows]:
        """The rows of some conversations at a time."""
        talks = iter(range(1, self.messages // (TURNS * 2) + 1))
        while some := list(islice(talks, size)):
            rows: Rows = {name: [] for name in _TABLES}
            for talk in some:
                self._talk(talk, rows)
            yield rows

    def _talk(self, talk: int, rows: Rows) -> None:
        pick, total = self.random, self.messages // (TURNS * 2)
        urn = f"web:{talk % max(1, total // 5)}"
        # One conversation a visitor and day: a fifth of them in each part of the time.
        at = FIRST + timedelta(days=(talk * DAYS) // (total + 1), seconds=pick.randrange(50_000))
        outcome = pick.choices(("answered", "declined", "choices"), (80, 15, 5))[0]
        policy, seconds = f"p{pick.randrange(60)}", pick.randrange(30, 900)
        has_number, verdict = pick.random() < 0.05, pick.random()
        for turn in range(TURNS):
            self._turn(rows, urn, at + timedelta(seconds=turn * seconds // TURNS), outcome, policy,
                       has_number and turn == 0)  # fmt: skip
        useful, useless = int(verdict < 0.08), int(verdict > 0.97)
        day = (at + timedelta(hours=8)).date()
        rows["conversations"].append(
            (talk, urn, day, "web", at, at + timedelta(seconds=seconds), 0, True, TURNS,
             TURNS * (outcome == "answered"), TURNS * (outcome == "choices"),
             TURNS * (outcome == "declined"), 0, useful, useless, 0, seconds, 300, 300, has_number,
             at if pick.random() < 0.1 else None)
        )  # fmt: skip
        tags = [("channel", "web"), ("script", "policy"), ("outcome", outcome), ("policy", policy)]
        tags += [("mark", name) for name, has in (("personal", has_number), ("useful", useful),
                                                  ("useless", useless)) if has]  # fmt: skip
        tags += [("label", "要改")] * (talk % 5000 == 0) + [("staff", "wang")] * (talk % 900 == 0)
        for kind, value in tags:
            self.tags += 1
            rows["conversation_tags"].append((self.tags, urn, talk, at, kind, value))

    def _turn(
        self, rows: Rows, urn: str, at: datetime, outcome: str, policy: str, has_number: bool
    ) -> None:
        asked, told = self.random.choice(self.asked), self.random.choice(self.told)
        if has_number:
            asked += "，电话13000000000"
        if self.number % 50_000 == 0:
            asked += "稀罕词"
        for text, is_heard in ((asked, True), (told, False)):
            self.number += 1
            name = f"e{self.number}"
            rows["messages"].append(
                (self.number, f"1-{self.number}-0", None if is_heard else name, name, urn,
                 "heard" if is_heard else "said", at, text, "words" if is_heard else None,
                 None if is_heard else "policy", None if is_heard else outcome,
                 "[]" if is_heard else f'["{policy}"]', "{}", "[]", None if is_heard else "sent")
            )  # fmt: skip
            rows["message_words"].append((self.number, " ".join(pieces(text))))
            at += timedelta(milliseconds=300)


def _answers() -> list[str]:
    """What policies say, in pieces of the length of an answer."""
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[2]
             for path in sorted((ROOT / "content/policies").glob("*.md"))]  # fmt: skip
    return [masked(text[at : at + 120]) for text in texts for at in range(0, len(text) - 120, 120)]


async def _fill_sqlite(url: str, messages: int) -> None:
    await asyncio.to_thread(_write_sqlite, url.partition("///")[2], messages)


def _write_sqlite(path: str, messages: int) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA synchronous = OFF")
        for rows in _Maker(messages).batches():
            for table, columns in _TABLES.items():
                names = columns if table != "message_words" else ("rowid", "words")
                places = ", ".join("?" * len(columns))
                base.executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",
                    ([_plain(it) for it in row] for row in rows[table]),
                )
            base.commit()
        base.execute("ANALYZE")
        base.commit()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


async def _fill_postgresql(url: str, messages: int) -> None:
    base = await asyncpg.connect(url)
    await base.execute("DROP INDEX ix_message_words_words")
    await base.execute("CREATE TEMPORARY TABLE told (message_id bigint, words text)")
    for rows in _Maker(messages).batches(5000):
        for table, columns in _TABLES.items():
            target = table if table != "message_words" else "told"
            await base.copy_records_to_table(target, records=rows[table], columns=columns)
        await base.execute(
            "INSERT INTO message_words SELECT message_id,"
            " array_to_tsvector(string_to_array(words, ' ')) FROM told; TRUNCATE told"
        )
    await base.execute("SET maintenance_work_mem = '1GB'")
    await base.execute("CREATE INDEX ix_message_words_words ON message_words USING gin (words)")
    await base.execute("ANALYZE")
    await base.close()
