"""The campaigns' desk at the terminal: opened for one command, whose act is kept in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.app.campaigns import CampaignStores, rates_of
from bot.clock import now
from bot.commands.records import database_of
from bot.commands.running import fail, run
from bot.connection import open_line
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.wording import MISTAKES, CampaignWording
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.outbox import Outbox
from bot.records.audit import Audit
from bot.settings import Settings
from bot.words import Words

Number = Annotated[int, typer.Argument(min=1)]
Staff = Annotated[str, typer.Option("--as", help="The login of who does it.")]
Key = Annotated[str, typer.Option(help="The same key twice does it once.")]
Work = Callable[[CampaignDesk, CampaignWording], Awaitable[None]]


def at_the_desk(
    settings: Settings, words: Words, work: Work, number: int, act: str = "", staff: str = ""
) -> None:
    """Do it with the desk; what was wrong is told in a sentence, a step is kept in the audit."""
    wording = CampaignWording(words)

    async def whole() -> None:
        async with _desk(settings, words) as (desk, audit):
            try:
                await work(desk, wording)
            except MISTAKES as error:
                fail(wording.mistake(error, number))
            if act:
                await audit.note(staff, f"campaign_{act}", f"campaign:{number}")

    run(whole(), settings, words)


def bar() -> Progress:
    """How far something has come."""
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


@asynccontextmanager
async def _desk(settings: Settings, words: Words) -> AsyncIterator[tuple[CampaignDesk, Audit]]:
    async with database_of(settings) as database, open_line(settings, beside=True) as line:
        # Nobody's bell is rung: a service that runs looks for news every second.
        bell = Doorbell(lambda _hop, _partition: False, lambda _hop, _partition: None)
        outbox = Outbox(line, bell, lambda: words)
        stores = CampaignStores.of(database, settings)
        desk = stores.desk(settings, rates_of(settings), outbox)
        yield desk, Audit(database.sessions, now)
