"""`hotline demo`: example openings and people for trying out, marked as such, and out again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.openings import postings
from bot.commands.records import categories_of, database_of
from bot.commands.running import begin, fail, run
from bot.jobs.intake import Account, Intake
from bot.jobs.newcomers import Newcomers
from bot.records.database import Database
from bot.records.openings import Openings
from bot.records.roll import Roll
from bot.settings import Settings
from bot.sheets import read_sheet
from bot.words import Words

SAMPLES = "samples"  # in the content


def demo(
    remove: Annotated[bool, typer.Option(help="Take the examples out again.")] = False,
) -> None:
    """Put in example openings and people, or take them out."""
    settings, words = begin()
    run((_remove if remove else _load)(settings, words), settings, words)


async def example_openings(settings: Settings, words: Words, database: Database) -> None:
    """Put the example openings into a database."""
    data = _data(settings.content_dir / SAMPLES / "openings.csv", words)
    await _openings(settings, database, data)


async def _load(settings: Settings, words: Words) -> None:
    """Put the examples in; those that are there already stay as they are."""
    folder = settings.content_dir / SAMPLES
    async with database_of(settings) as database:
        account = await _openings(settings, database, _data(folder / "openings.csv", words))
        data = _data(folder / "seekers.csv", words)
        people = await _people(settings, words, database, data)
    openings = sum(entry.opening is not None for entry in account.entries)
    typer.echo(words.say("openings.demo_loaded", openings=openings, people=people))


async def _remove(settings: Settings, words: Words) -> None:
    """Take the examples out, and nothing else."""
    async with database_of(settings) as database:
        openings = await Openings(database.sessions, now).remove_examples()
        people = await Roll(database.sessions, now).remove_examples()
    typer.echo(words.say("openings.demo_removed", openings=openings, people=people))


async def _openings(settings: Settings, database: Database, data: bytes) -> Account:
    intake = Intake(postings(settings), Openings(database.sessions, now))
    return await intake.take(data, SAMPLES, date.today(), example=True)


async def _people(settings: Settings, words: Words, database: Database, data: bytes) -> int:
    reading = Newcomers(postings(settings).reader, categories_of(settings), words)
    people = reading.read(read_sheet(data)).taken
    return len(await Roll(database.sessions, now).keep(people, f"{SAMPLES}:{token_hex(8)}"))


def _data(file: Path, words: Words) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(words.say("openings.no_file", file=file, reason=error.strerror))
