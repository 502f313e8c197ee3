from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.app.campaigns import campaign_pages
from bot.app.console import ready_answers
from bot.app.region import read_towns
from bot.app.review import review_pages
from bot.app.work_pages import work_pages
from bot.console.bindings import Bindings
from bot.console.brake import Brake
from bot.console.counter import Counter
from bot.console.directory import Directory
from bot.console.gate import Gate
from bot.console.html import Html
from bot.console.pages.account import AccountPages
from bot.console.pages.audit import AuditPages
from bot.console.pages.home import HomePages
from bot.console.pages.staff import StaffPages
from bot.console.pages.switches import SwitchPages
from bot.console.pages.telegram import TelegramPages
from bot.console.pages.tickets import TicketPages
from bot.console.passwords import Passwords
from bot.console.safe import Safe
from bot.console.site import ConsoleSite
from bot.jobs.board import Board, Guide
from bot.jobs.categories import load_categories
from bot.jobs.columns import Columns
from bot.jobs.postings import Postings
from bot.jobs.reading import WorkReader
from bot.jobs.wording import Wording
from bot.knowledge.folder import Folder
from bot.knowledge.library import ContentLibrary
from bot.network import Network
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.pipeline.switches import Switches
from bot.records.audit import Audit
from bot.records.conversations import Conversations
from bot.records.database import Database
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.pushes import Pushes
from bot.records.scope import Scope
from bot.records.staff import Role, Staff
from bot.records.staff_sessions import StaffSessions
from bot.records.tickets import Tickets
from bot.settings import Settings
from tests.databases import database_in
from tests.wording import WORDS

from .client import Clerk, serving

GUIDE = Guide.load(Settings.model_construct().content_dir / "directory")
HTML = Html(lambda: WORDS)  # its templates are compiled once
PASSWORD = "korrekt-pferd-batterie"
TITLES = {"social-insurance-subsidy": "灵活就业社保补贴"}
PLACES = {"清河县": ("葛仙庄镇",), "威县": ("洺州镇",)}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def suggest(question: str) -> str:
    return f"关于“{question}”……"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with database_in(tmp_path) as database:
        yield database


@pytest.fixture
def passwords() -> Passwords:
    """Quick to hash: how strong it is, is the library's business."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def staff(database: Database, clock: Clock) -> Staff:
    return Staff(database.sessions, clock)


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    return Audit(database.sessions, clock)


@pytest.fixture(scope="session")
def directory() -> Directory:
    """The region as content/directory has it."""
    settings = Settings.model_construct()
    folder = settings.content_dir / "directory"
    reader = WorkReader(folder)
    return Directory(
        WORDS,
        read_towns(settings.content_dir),
        load_categories(folder / "categories.yaml"),
        reader,
        Postings(Columns.load(folder), reader, Wording.load(folder)),
    )


@pytest.fixture
def board(database: Database, clock: Clock) -> Board:
    """What is open now, matched for whoever asks."""
    sessions = database.sessions
    stores = (Openings(sessions, clock), Offers(sessions, clock), Pushes(sessions, clock))
    return Board(*stores, GUIDE, clock)


@pytest.fixture
def served() -> list[ContentLibrary]:
    """The library that answers is the last one in it."""
    return []


@pytest.fixture
def content_folder() -> Path:
    """What supervisors may change: tests that do have a copy of their own."""
    return Settings.model_construct().content_dir


@pytest.fixture
def make_site(
    database: Database,
    line: Line,
    clock: Clock,
    passwords: Passwords,
    staff: Staff,
    audit: Audit,
    directory: Directory,
    board: Board,
    served: list[ContentLibrary],
    content_folder: Path,
    tmp_path: Path,
) -> Callable[..., ConsoleSite]:
    """A console; `second_factor`: whether everybody must have one."""

    def make(second_factor: bool = False) -> ConsoleSite:
        sessions = StaffSessions(database.sessions, clock)
        gate = Gate(
            staff, sessions, audit, Brake(line), Safe([b"k" * 32]), clock,
            second_factor=second_factor, passwords=passwords,
        )  # fmt: skip
        switches = Switches(line)
        bell = Doorbell(lambda _hop, _partition: True, lambda *_: None)
        counter = Counter(Inbox(line, bell), Outbox(line, bell, lambda: WORDS), clock)
        tickets = TicketPages(
            Tickets(database.sessions, clock),
            Conversations(database.sessions),
            staff,
            counter,
            suggest,
            lambda facts: ready_answers(WORDS, facts),
            lambda: TITLES,
        )
        work = work_pages(database, line, lambda: directory, lambda: board, clock)
        review = review_pages(
            database, lambda: WORDS, lambda: TITLES, ["web", "telegram"], lambda: ["policy"],
            PLACES, Folder(content_folder, tmp_path, False, lambda: served[-1]), clock,
        )  # fmt: skip
        campaigns = campaign_pages(
            database, Settings.model_construct(), Outbox(line, bell, lambda: WORDS),
            lambda: WORDS, lambda: directory,
        )  # fmt: skip
        waiting = (tickets.waiting(), *work.waiting, *campaigns.waiting(), *review.waiting)
        routes = (
            *HomePages(waiting).routes(),
            *tickets.routes(),
            *work.routes,
            *review.routes,
            *campaigns.routes(),
            *StaffPages(staff, sessions, passwords, PLACES).routes(),
            *SwitchPages(switches, ["web"], lambda: ["wish"]).routes(),
            *AuditPages(audit, lambda: WORDS.group("console_acts")).routes(),
            *AccountPages(gate, sessions, "164").routes(),
            *TelegramPages(Bindings(line, staff, audit), lambda: "hotline_bot").routes(),
        )
        return ConsoleSite(routes, gate, audit, HTML, Network(), clock)

    return make


@pytest.fixture
async def url(make_site: Callable[..., ConsoleSite]) -> AsyncIterator[str]:
    async with serving(make_site()) as url:
        yield url


@pytest.fixture
async def strict_url(make_site: Callable[..., ConsoleSite]) -> AsyncIterator[str]:
    """A console in which everybody needs a second factor."""
    async with serving(make_site(second_factor=True)) as url:
        yield url


@pytest.fixture
def hire(staff: Staff, passwords: Passwords) -> Callable[..., Awaitable[str]]:
    """A member of staff who has changed their first password."""

    async def hire_one(login: str, role: Role, *counties: str) -> str:
        hashed = await passwords.hash(PASSWORD)
        scope = Scope(frozenset(counties))
        member = await staff.add(login, login.title(), role, hashed, scope)
        await staff.set_password(member.number, hashed, must_change=False)
        return login

    return hire_one


@pytest.fixture
async def clerk(
    url: str, hire: Callable[..., Awaitable[str]]
) -> AsyncIterator[Callable[..., Awaitable[Clerk]]]:
    """Somebody of a role, signed in."""
    clerks: list[Clerk] = []

    async def come(role: Role, *counties: str) -> Clerk:
        clerk = Clerk(url)
        clerks.append(clerk)
        await hire(f"{role}{len(clerks)}", role, *counties)
        await clerk.signs_in(f"{role}{len(clerks)}", PASSWORD)
        return clerk

    yield come
    for clerk in clerks:
        await clerk.leaves()
