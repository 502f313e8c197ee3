"""`hotline openings`: the list of openings taken in, written out, looked at and changed by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import database_of
from bot.commands.running import begin, fail, run
from bot.jobs.columns import Columns
from bot.jobs.intake import REFUSED, REPEATED, Account, Entry, Intake
from bot.jobs.opening_books import OpeningBooks
from bot.jobs.postings import Postings
from bot.jobs.reading import WorkReader
from bot.jobs.wording import Flag, Wording
from bot.records.openings import NoSuchOpening, Openings
from bot.settings import Settings
from bot.sheets import SheetRefused
from bot.words import Words
from dialogs.work import Opening, OpeningState

app = typer.Typer(no_args_is_help=True, help="The list of openings.")

Number = Annotated[int, typer.Argument(min=1)]
NewFile = Annotated[Path, typer.Argument(dir_okay=False)]


@app.command("import")
def take(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option(help="Only tell what would happen.")] = False,
    county: Annotated[str | None, typer.Option(help="For rows that name no county.")] = None,
) -> None:
    """Take in an Excel or CSV file."""
    settings, words = begin()
    run(_take(settings, words, file, dry_run, county), settings, words)


@app.command("export")
def write(file: NewFile) -> None:
    """Write all openings into an Excel file."""
    settings, words = begin()
    run(_write(settings, words, file), settings, words)


@app.command()
def template(file: NewFile) -> None:
    """Write an Excel file to be filled in."""
    settings, words = begin()
    _new_file(file, _books(settings, words).template(), words)
    typer.echo(words.say("openings.template_written", file=file))


@app.command("list")
def show(
    state: Annotated[OpeningState | None, typer.Option(help="Only those in this state.")] = None,
) -> None:
    """List the openings."""
    settings, words = begin()
    run(_show(settings, words, state), settings, words)


@app.command()
def close(number: Number) -> None:
    """End an opening."""
    _turn(number, "closed", lambda store: store.close(number))


@app.command()
def fill(number: Number) -> None:
    """Say that the place is taken."""
    _turn(number, "filled", lambda store: store.fill(number))


@app.command()
def hold(number: Number, reason: str) -> None:
    """Offer it to nobody until it is released."""
    _turn(number, "holding", lambda store: store.hold(number, reason))


@app.command()
def release(number: Number) -> None:
    """Offer it (again)."""
    _turn(number, "released", lambda store: store.release(number))


def postings(settings: Settings) -> Postings:
    """What reads tables of openings."""
    folder = settings.content_dir / "directory"
    return Postings(Columns.load(folder), WorkReader(folder), Wording.load(folder))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Openings]:
    """The store of openings."""
    async with database_of(settings) as database:
        yield Openings(database.sessions, now)


async def _take(
    settings: Settings, words: Words, file: Path, is_trial: bool, county: str | None
) -> None:
    reading = postings(settings)
    if county is not None:
        found = reading.reader.wish(county).counties
        if len(found) != 1:
            fail(words.say("openings.no_county", county=county))
        county = found[0]
    data = _bytes_of(file, words)
    async with opened(settings) as store:
        try:
            account = await Intake(reading, store).take(
                data, file.name, date.today(), county=county, is_trial=is_trial
            )
        except SheetRefused as refused:
            fail(words.say(refused.words, **refused.facts))
    for line in told(account, reading.wording, words, is_trial):
        typer.echo(line)


def told(account: Account, wording: Wording, words: Words, is_trial: bool) -> list[str]:
    """What staff read of an intake: each line with something to say, then the sums."""
    lines = [
        words.say(
            "openings.account_line",
            line=entry.line,
            fate=words.say(f"openings.fate_{entry.fate}"),
            title=None if entry.opening is None else entry.opening.title,
            said=words.say(problem.words, **problem.facts),
        )
        for entry in account.entries
        for problem in entry.problems
    ]
    for entry in account.doubtful:
        lines += _flagged(entry, wording, words, is_trial)
    held = sum(it.opening.state is OpeningState.HELD for it in account.doubtful if it.opening)
    if held:
        lines.append(words.say("openings.held", count=held))
    return [*lines, _sums(account, words, is_trial)]


def _sums(account: Account, words: Words, is_trial: bool) -> str:
    fates = ("new", "updated", "same", REFUSED, REPEATED)
    counts = {fate: account.count(fate) for fate in fates}
    total = len(account.entries)
    return words.say("openings.account", total=total, is_trial=is_trial, **counts)


def _flagged(entry: Entry, wording: Wording, words: Words, is_trial: bool) -> list[str]:
    opening = entry.opening
    assert opening is not None
    flags = [Flag.read(flag) for flag in opening.flags]
    return [
        words.say(
            "openings.account_flag",
            line=entry.line,
            held=wording.holds([flag]),
            number=None if is_trial else opening.number,
            title=opening.title,
            passage=flag.passage,
            reason=wording.reason(flag) or words.say("openings.flag_gone"),
        )
        for flag in flags
    ]


async def _write(settings: Settings, words: Words, file: Path) -> None:
    async with opened(settings) as store:
        openings = await store.every_one()
    _new_file(file, _books(settings, words).listed(openings), words)
    typer.echo(words.say("openings.written", file=file, count=len(openings)))


async def _show(settings: Settings, words: Words, state: OpeningState | None) -> None:
    async with opened(settings) as store:
        openings = await store.every_one(*(() if state is None else (state,)))
    for it in openings:
        state_said = words.say(f"openings.state_{it.state}")
        typer.echo(words.say("openings.line", opening=it, state=state_said))
    if not openings:
        typer.echo(words.say("openings.none"))


def _turn(number: int, said: str, verb: Callable[[Openings], Awaitable[Opening]]) -> None:
    settings, words = begin()
    run(_turned(settings, words, number, said, verb), settings, words)


async def _turned(
    settings: Settings,
    words: Words,
    number: int,
    said: str,
    verb: Callable[[Openings], Awaitable[Opening]],
) -> None:
    async with opened(settings) as store:
        try:
            opening = await verb(store)
        except NoSuchOpening:
            fail(words.say("openings.no_such", number=number))
    typer.echo(words.say(f"openings.{said}", opening=opening))


def _books(settings: Settings, words: Words) -> OpeningBooks:
    folder = settings.content_dir / "directory"
    return OpeningBooks(Columns.load(folder), Wording.load(folder), words)


def _bytes_of(file: Path, words: Words) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(words.say("openings.no_file", file=file, reason=error.strerror))


def _new_file(file: Path, data: bytes, words: Words) -> None:
    """What is there already is not overwritten: it may be somebody's work."""
    try:
        with file.open("xb") as out:
            out.write(data)
    except FileExistsError:
        fail(words.say("openings.exists", file=file))
    except OSError as error:
        fail(words.say("openings.no_file", file=file, reason=error.strerror))
