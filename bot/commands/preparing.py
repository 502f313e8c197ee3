"""`hotline prepare`: what a start would wait for, done before it."""

from __future__ import annotations

import typer

from bot.commands.records import database_of
from bot.commands.running import begin, run
from bot.content import load_content
from bot.settings import Settings


def prepare() -> None:
    """Bring the tables up to date, and learn from the content what the search keeps of it."""
    settings, words = begin()
    run(_prepare(settings), settings, words)
    typer.echo(words.say("operator.prepared"))


async def _prepare(settings: Settings) -> None:
    async with database_of(settings):
        await load_content(settings)
