"""The supervisors' list, filters, search and figures over many messages: a million in SQLite, ten
million in PostgreSQL with `HOTLINE_BENCH_CONSOLE=full`, a fraction of that otherwise; a number
means so many in PostgreSQL alone.

Each page is asked for as the console does it, from the query of its address to its HTML.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from multidict import MultiDict

from bot.console.html import Html
from bot.console.pages.figures import FigurePages
from bot.console.pages.talks import Offered, TalkPages
from bot.console.visit import Handler, Page, Visit
from bot.content import load_words
from bot.records.bookmarks import Bookmarks
from bot.records.database import Database
from bot.records.days import day_of
from bot.records.figures import Figures
from bot.records.readings import Readings
from bot.records.scope import EVERYWHERE, Scope
from bot.records.searching import Search
from bot.records.staff import Member, Role
from bot.records.staff_sessions import StaffSession
from bot.records.talks import Talks
from bot.records.tallies import Tallies
from bot.records.work_figures import WorkFigures
from bot.settings import Settings
from tests.bench.made_talks import COUNTIES, DAYS, FIRST, fill
from tests.records.postgres import Postgres
from tests.service import ROOT

SIZES = {"sqlite": (100_000, 1_000_000), "postgresql": (200_000, 10_000_000)}
ROUNDS = 40  # times that each page is asked for
WARM = 2  # times before that, which do not count: the templates are compiled
PAGES = {
    "list": "",
    "list, last page": "before=1767250000_999999999",
    "declined": "outcome=declined",
    "of a policy": "policy=p7",
    "of a label (rare)": "label=要改",
    "of a person (rare)": "staff=wang",
    "a county": "county=清河县",
    "a county of few": "county=新河县",
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
FIGURES = {
    "figures: a month": "",
    "figures: a month, a county": "county=清河县",
    "figures: a month, a county, a channel": "county=清河县&channel=web",
    "figures: half a year": "begin=2025-12-31",
}


async def measure(folder: Path) -> dict[str, object]:
    """Milliseconds a page, for each database."""
    asked = os.environ.get("HOTLINE_BENCH_CONSOLE", "")
    in_sqlite, in_postgresql = (sizes[asked == "full"] for sizes in SIZES.values())
    rows: dict[str, object] = {}
    if asked.isdecimal():
        in_postgresql = int(asked)
    else:
        url = f"sqlite:///{folder}/hotline.db"
        rows |= await _measured("SQLite", url, in_sqlite)
    server = Postgres()
    try:
        server.start()
        async with server.database() as url:
            rows |= await _measured("PostgreSQL", url, in_postgresql)
    finally:
        server.stop()
    return rows


async def _measured(name: str, url: str, messages: int) -> dict[str, object]:
    database = await Database.open(url)
    began = time.perf_counter()
    await fill(url, messages)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    await Tallies(database.sessions).renew_all(day_of(_now()))
    tallied = time.perf_counter() - began
    talks, figures = _pages(database)
    found = {
        f"{name}, {messages:,}: {title}": await _page(show, query)
        for show, pages in ((talks.show_all, PAGES), (figures.show, FIGURES))
        for title, query in pages.items()
    }
    await database.close()
    seconds = {"fill": round(filled), "tally": round(tallied)}
    return {**found, **{f"{name}_{what}_seconds": it for what, it in seconds.items()}}


def _pages(database: Database) -> tuple[TalkPages, FigurePages]:
    sessions = database.sessions
    offered = Offered(["web", "telegram"], lambda: ["policy"], COUNTIES, dict, dict)
    talks = TalkPages(
        Talks(sessions), Search(sessions), Readings(sessions, _now), Bookmarks(sessions), offered
    )
    work = WorkFigures(sessions)
    return talks, FigurePages(Figures(sessions), work, dict, COUNTIES, ["web", "telegram"])


async def _page(show: Handler, query: str) -> dict[str, float]:
    """Milliseconds for one page, seen in turn by somebody of the whole region and of a county."""
    words = load_words(Settings.model_construct(content_dir=ROOT / "content"))
    html, spent = Html(lambda: words), []
    for turn in range(WARM + ROUNDS):
        scope = EVERYWHERE if turn % 2 == 0 else Scope(frozenset(COUNTIES[:1]))
        began = time.perf_counter()
        visit = _visit(query, scope)
        page = await show(visit)
        assert isinstance(page, Page)
        around = {"visit": visit, "nav": [], "nonce": "", "notice": "", "path": "/console/"}
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
    """In the afternoon of the last day."""
    return FIRST + timedelta(days=DAYS, hours=-18)
