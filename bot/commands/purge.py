"""`hotline purge`: delete what has been kept long enough, or see what that would be."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app.chores import retention_of
from bot.commands.records import database_of
from bot.commands.running import begin, run
from bot.settings import Settings
from bot.words import Words


def purge(
    dry_run: Annotated[bool, typer.Option(help="Only show what would go.")] = False,
) -> None:
    """Delete what is too old, as the service does by itself; table by table."""
    settings, words = begin()
    run(_purge(settings, words, dry_run), settings, words)


async def _purge(settings: Settings, words: Words, dry_run: bool) -> None:
    """Count or delete."""
    async with database_of(settings) as database:
        gone = await retention_of(settings, database).purge(dry_run=dry_run)
    for name, rows in gone.items():
        table = words.texts.get(f"ledger.table_{name}", name)
        typer.echo(words.say("ledger.purge_line", table=table, rows=rows))
    if not gone:
        typer.echo(words.say("ledger.purge_nothing"))
    else:
        typer.echo(words.say("ledger.purge_dry" if dry_run else "ledger.purge_done"))
