"""`hotline applications`: who is interested in which opening, and how far it has come. The service
tells the seeker of every step that is taken here."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import database_of
from bot.commands.running import begin, fail, run
from bot.records.applications import Applications, NoSuchApplication
from bot.settings import Settings
from bot.words import Words
from dialogs.work import Step

app = typer.Typer(no_args_is_help=True, help="Who is interested in which opening.")


@app.command("list")
def show(limit: Annotated[int, typer.Option(min=1, max=1000)] = 200) -> None:
    """List what is under way, what waits longest first."""
    settings, words = begin()
    run(_show(settings, words, limit), settings, words)


@app.command()
def move(
    number: Annotated[int, typer.Argument(min=1)],
    step: Step,
    note: Annotated[str | None, typer.Option(help="Told to the seeker.")] = None,
) -> None:
    """Say how far an application has come."""
    settings, words = begin()
    run(_move(settings, words, number, step, note), settings, words)


async def _show(settings: Settings, words: Words, limit: int) -> None:
    async with database_of(settings) as database:
        for it in await Applications(database.sessions, now).waiting(limit):
            typer.echo(words.say("offers.staff_line", it=it))


async def _move(
    settings: Settings, words: Words, number: int, step: Step, note: str | None
) -> None:
    async with database_of(settings) as database:
        try:
            moved = await Applications(database.sessions, now).move(number, step, note)
        except NoSuchApplication:
            fail(words.say("offers.staff_unknown", number=number))
        typer.echo(words.say("offers.staff_line", it=moved))
