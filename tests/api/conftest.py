"""The API as the service puts it together, on real SQLite and Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.app.api import api
from bot.app.campaigns import CampaignStores
from bot.app.region import read_towns
from bot.clock import now
from bot.console.directory import Directory
from bot.jobs.categories import load_categories
from bot.jobs.columns import Columns
from bot.jobs.postings import Postings
from bot.jobs.reading import WorkReader
from bot.jobs.wording import Wording
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.scope import Scope
from bot.records.staff import Role, Staff
from bot.records.tokens import Tokens
from bot.settings import Settings
from tests.databases import database_in
from tests.wording import WORDS

from .program import Description, Program

Hire = Callable[..., Awaitable[Program]]
SETTINGS = Settings.model_construct(campaign_approval=2)


def _directory() -> Directory:
    folder = SETTINGS.content_dir / "directory"
    reader = WorkReader(folder)
    postings = Postings(Columns.load(folder), reader, Wording.load(folder))
    categories = load_categories(folder / "categories.yaml")
    return Directory(WORDS, read_towns(SETTINGS.content_dir), categories, reader, postings)


@pytest.fixture(scope="session")
def directory() -> Directory:
    """The region as content/directory has it."""
    return _directory()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with database_in(tmp_path) as database:
        yield database


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database.sessions, now)


@pytest.fixture
def staff(database: Database) -> Staff:
    return Staff(database.sessions, now)


@pytest.fixture
def tokens(database: Database) -> Tokens:
    return Tokens(database.sessions, now)


@pytest.fixture
def stores(database: Database) -> CampaignStores:
    return CampaignStores.of(database, SETTINGS)


@pytest.fixture
async def url(database: Database, line: Line, directory: Directory) -> AsyncIterator[str]:
    outbox = Outbox(line, Doorbell(lambda _hop, _partition: True, lambda *_: None), lambda: WORDS)
    app = web.Application(client_max_size=128 * 1024)
    api(SETTINGS, lambda: WORDS, lambda: directory, line, database, outbox).add_to(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def description(url: str) -> Description:
    async with ClientSession() as http, http.get(f"{url}/api/openapi.json") as response:
        return Description(await response.json())


@pytest.fixture
async def hire(
    url: str, staff: Staff, tokens: Tokens, description: Description
) -> AsyncIterator[Hire]:
    """A program that acts for a new member of staff: `anna`'s key is `anna-key`."""
    programs: list[Program] = []

    async def hired(login: str, role: Role, *counties: str) -> Program:
        member = await staff.add(login, login.title(), role, "-", Scope(frozenset(counties)))
        key = await tokens.make(f"{login}-key", member.number)
        programs.append(Program(url, key, description))
        return programs[-1]

    yield hired
    for it in programs:
        await it.leaves()


@pytest.fixture
async def anna(hire: Hire) -> Program:
    """A supervisor who sees everything."""
    return await hire("anna", Role.SUPERVISOR)


@pytest.fixture
async def stranger(url: str, description: Description) -> AsyncIterator[Program]:
    """A program without a key."""
    program = Program(url, None, description)
    yield program
    await program.leaves()
