"""Whatever stands in the records, no page of the console makes more of it than text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html.parser import HTMLParser

import pytest
from sqlalchemy import String, cast, literal, update

from bot.console.site import ConsoleSite
from bot.jobs.exports import Book
from bot.records.columns import Words
from bot.records.database import Database
from bot.records.staff import Role
from bot.records.tables import ConversationTagRow, Row

from .client import Clerk, Seen
from .conftest import Clock
from .work import XLSX, book, one_of_each

Come = Callable[..., Awaitable[Clerk]]

# Out of every place that a text can stand in, and as an address of its own.
HOSTILE = (
    "\"'></textarea></title></option></script><evil a='\" onevil=1'>{{ 7*7 }}<!--",
    "javascript:evil()",
)
# Names that people write; every column of Words is one of them, too.
NAMES = {
    "bookmarks": ("name",),
    "campaigns": ("name",),
    "openings": ("title", "employer", "away", "hours", "contact", "phone", "source"),
    "offers": ("why",),
    "recipients": ("reason",),
    "sampling_plans": ("name",),
    "seekers": ("name", "phone", "village", "station", "officer"),
    "staff": ("name",),
    "staff_sessions": ("browser", "address"),
    "tickets": ("contact", "contact_when"),
    "audit": ("about", "address"),
}
FORBIDDEN = ("evil", "iframe", "object", "embed", "style")
ADDRESSES = ("href", "src", "action", "formaction")
READ_BY_US = {("staff", "password"), ("campaigns", "audience"), ("campaigns", "exclusions"),
              ("campaigns", "picture")}  # fmt: skip


class Page(HTMLParser):
    """What a page is made of, as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in FORBIDDEN or (tag == "script" and "src" not in known):
            self.faults.append(tag)
        for name, value in known.items():
            runs = name in ADDRESSES and (value or "").strip().startswith("javascript:")
            if runs or name.startswith("on"):
                self.faults.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:40]}")


@pytest.fixture
async def records(database: Database, clock: Clock) -> None:
    """One of each."""
    await one_of_each(database, clock, "羊绒纺", "威县")


async def poison(database: Database, words: str) -> None:
    """Put the words wherever people write."""
    label = update(ConversationTagRow).where(ConversationTagRow.kind == "label")
    async with database.sessions.begin() as session:
        await session.execute(label.values(value=words))
        for table in Row.metadata.sorted_tables:
            free = [it.name for it in table.columns if isinstance(it.type, Words)]
            written = {it for it in (*free, *NAMES.get(table.name, ()))
                       if (table.name, it) not in READ_BY_US}  # fmt: skip
            if written:
                hostile = literal(words).concat(cast(table.c.id, String))  # some are given once
                await session.execute(update(table).values(dict.fromkeys(written, hostile)))


def addresses(site: ConsoleSite) -> list[str]:
    """Every page, with what the tests have made the first of its kind."""
    pages = [it.path for it in site.routes if it.method == "GET" and not it.alone]
    books = [path.replace("{book}", it) for path in pages for it in Book if "{book}" in path]
    plain = [path.replace("{number}", "1") for path in pages if "{book}" not in path]
    return [*plain, *books, "/console/talks?q=羊绒", "/console/tickets?which=closed"]


async def works(clerk: Clerk) -> None:
    """What staff write themselves."""
    await clerk.opens("/console/tickets/1")
    await clerk.sends("/console/tickets/1/note", text="x")
    await clerk.sends("/console/talks/1/label", label="x")
    await clerk.sends("/console/talks/1/note", text="x", due="2026-03-09")
    await clerk.sends("/console/plans", name="x", a_week="1", unanswered="0")
    for page in ("talks", "openings", "seekers", "lists/demand"):
        await clerk.sends("/console/bookmarks", page=f"/console/{page}", query="", name=page)


async def answers(clerk: Clerk, words: str) -> list[Seen]:
    """Pages that only a form leads to."""
    name = words.replace("/", "") + ".xlsx"
    rows = book(("岗位名称", "用人单位", "县区", "薪资", "招聘人数", "要求", "联系电话"),
                (words, words, words, words, words, words, words))  # fmt: skip
    people = book(("姓名", "联系电话", "县区", "求职意愿"), (words, words, words, words))
    why = {"reason": words}
    return [
        await clerk.uploads("/console/openings/import", name, rows),
        await clerk.uploads("/console/seekers/import", name or XLSX, people),
        *[await clerk.sends(f"/console/{it}/1/reveal", **why)
          for it in ("tickets", "talks", "seekers")],
        await clerk.sends("/console/openings/new", title=words, pay=words, county=words),
        await clerk.sends("/console/campaigns", name=words, words=words, audience=words),
        await clerk.sends("/console/plans", name=words, a_week=words, unanswered=words),
        await clerk.sends("/console/staff", login=words, name=words, role=words),
    ]  # fmt: skip


@pytest.mark.usefixtures("records")
async def test_no_page_makes_more_of_what_people_write_than_text(
    make_site: Callable[..., ConsoleSite], clerk: Come, database: Database
) -> None:
    admin, shown = await clerk(Role.ADMIN), set()
    await works(admin)
    for words in HOSTILE:
        await poison(database, words)
        seen = [await admin.opens(path) for path in addresses(make_site())]
        for it in (*seen, *await answers(admin, words)):
            if "text/html" in it.headers.get("Content-Type", ""):
                assert Page(it.text).faults == [], it.address
                assert it.status < 500, it.address
                if "evil" in it.text:
                    shown.add(it.address.split("/")[2].partition("?")[0])
    assert shown >= {"tickets", "talks", "openings", "seekers", "applications", "lists", "points",
                     "plans", "campaigns", "staff", "audit", "account", "unanswered"}  # fmt: skip
