"""What the commands on the records share: the database, categories, writing a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from bot.commands.running import fail
from bot.jobs.categories import Category, load_categories
from bot.records.database import Database
from bot.settings import Settings
from bot.sheets import Sheet, write_book
from bot.words import Words


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """The database, open for as long as the block."""
    database = await Database.open(settings.database)
    try:
        yield database
    finally:
        await database.close()


def categories_of(settings: Settings) -> dict[str, Category]:
    """The categories of difficulty. Raises DirectoryError."""
    return load_categories(settings.content_dir / "directory" / "categories.yaml")


def write_sheets(
    file: Path, sheets: Sequence[Sheet], words: Words, *, is_open: bool = True
) -> None:
    """Write the file and tell of it. `is_open`: names in it can be read."""
    try:
        file.write_bytes(write_book(sheets))
    except OSError as error:
        fail(words.say("ledger.cannot_write", file=file, reason=error.strerror))
    titles = [sheet.title for sheet in sheets]
    typer.echo(words.say("ledger.exported", file=file, sheets=titles, is_open=is_open))
