"""`hotline ledger import`, `template`, `due` and `answer`: people whom no channel reaches."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import categories_of, database_of, write_sheets
from bot.commands.running import begin, fail, run
from bot.jobs.newcomers import Newcomers, NoHeader, People, header
from bot.jobs.reading import WorkReader
from bot.masking import masked_name
from bot.records.followups import FollowUps, StillThere
from bot.records.roll import Fate, Roll
from bot.records.seekers import Seeker, Seekers
from bot.settings import Settings
from bot.sheets import Sheet, SheetRefused, read_sheet
from bot.words import Words

OPERATOR = "operator"  # whose the answers are in the cards when they were typed at the terminal


def import_people(
    file: Path,
    dry_run: Annotated[bool, typer.Option(help="Only read it.")] = False,
) -> None:
    """Take people from an Excel or CSV file into the ledger."""
    settings, words = begin()
    run(_import(settings, words, file, dry_run), settings, words)


def write_template(file: Path) -> None:
    """Write an empty table for `import`."""
    settings, words = begin()
    titles = tuple(it.title for it in categories_of(settings).values())
    names = tuple(header(words))
    choices = {words.say("ledger.column_category"): titles}
    sheet = Sheet(words.say("ledger.title_ledger"), names, [], choices)
    write_sheets(file, [sheet], words)


def list_due() -> None:
    """Who is to be asked about their work, and cannot be asked by chat."""
    settings, words = begin()
    run(_due(settings, words), settings, words)


def answer_follow_up(number: int, answer: StillThere) -> None:
    """What somebody said on the telephone about their work; NUMBER as `due` shows it."""
    settings, words = begin()
    run(_answer(settings, words, number, answer), settings, words)


async def _import(settings: Settings, words: Words, file: Path, dry_run: bool) -> None:
    """Read the file, keep who can be kept, tell of the rest."""
    people = _people(settings, words, file)
    fates: list[Fate] = []
    if not dry_run:
        async with database_of(settings) as database:
            key = f"import:{token_hex(8)}"
            fates = await Roll(database.sessions, now).keep(people.taken, key)
    for row in people.refused:
        reason = words.say(row.words, **row.facts)
        typer.echo(words.say("ledger.import_row", line=row.line, reason=reason))
    if dry_run:
        typer.echo(words.say("ledger.import_dry"))
        return
    counted = {fate.value: fates.count(fate) for fate in Fate}
    typer.echo(words.say("ledger.import_done", **counted, refused=len(people.refused)))


def _people(settings: Settings, words: Words, file: Path) -> People:
    try:
        lines = read_sheet(file.read_bytes())
        reader = WorkReader(settings.content_dir / "directory")
        return Newcomers(reader, categories_of(settings), words).read(lines)
    except OSError as error:
        fail(words.say("ledger.cannot_read", file=file, reason=error.strerror))
    except SheetRefused as refused:
        fail(words.say(refused.words, **refused.facts))
    except NoHeader:
        fail(words.say("ledger.import_no_header"))


async def _due(settings: Settings, words: Words) -> None:
    """The follow-ups for the telephone."""
    async with database_of(settings) as database:
        due = await FollowUps(database.sessions, now).due(1000, reachable=False)
        seekers = [await Seekers(database.sessions, now).get(it.seeker) for it in due]
    for it, seeker in zip(due, seekers, strict=True):
        if seeker is not None:
            typer.echo(words.say("ledger.due_line", **_due_facts(seeker), follow_up=it.number,
                                 months=it.months, since=it.since, due=it.due))  # fmt: skip
    if not due:
        typer.echo(words.say("ledger.due_none"))


def _due_facts(seeker: Seeker) -> dict[str, object]:
    name, county, town = masked_name(seeker.name), seeker.county, seeker.town
    return {"number": seeker.number, "name": name, "county": county, "town": town}


async def _answer(settings: Settings, words: Words, number: int, answer: StillThere) -> None:
    """Keep what was said on the telephone."""
    async with database_of(settings) as database:
        follow_ups = FollowUps(database.sessions, now)
        if not await follow_ups.answer_for(number, answer, f"answer:{token_hex(8)}", OPERATOR):
            fail(words.say("ledger.not_theirs"))
    typer.echo(words.say("ledger.answered"))
