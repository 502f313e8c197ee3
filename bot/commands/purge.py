"""`hotline purge`: delete what has been kept long enough, or see what that would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.commands.running import begin, run
from bot.records.database import Database
from bot.records.retention import Retention
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
    database = await Database.open(settings.database)
    try:
        retention = Retention(
            database.sessions,
            timedelta(days=settings.retention_days),
            lambda: datetime.now(UTC),
            timedelta(days=settings.records_retention_days),
        )
        gone = await retention.purge(dry_run=dry_run)
    finally:
        await database.close()
    for name, rows in gone.items():
        table = words.texts.get(f"ledger.table_{name}", name)
        typer.echo(words.say("ledger.purge_line", table=table, rows=rows))
    if not gone:
        typer.echo(words.say("ledger.purge_nothing"))
    else:
        typer.echo(words.say("ledger.purge_dry" if dry_run else "ledger.purge_done"))
