"""`hotline ledger`: the ledger and its lists for staff at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import categories_of, database_of, write_sheets
from bot.commands.roll import answer_follow_up, import_people, list_due, write_template
from bot.commands.running import begin, fail, run
from bot.connection import open_line
from bot.jobs.cards import CardBook
from bot.jobs.exports import Book, Look, sheet_of, supply_sheet
from bot.masking import masked, masked_name, masked_phone
from bot.pipeline.erasure import Erasure
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.dossiers import Dossiers
from bot.records.followups import FollowUps
from bot.records.lists import Filter, Lists
from bot.records.openings import Openings
from bot.records.outlines import Outline, Outlines
from bot.records.seekers import DESK, Seekers, State
from bot.records.services import Services
from bot.settings import Settings
from bot.words import Words

OPERATOR = "operator"  # who acts in the audit when it is done at the terminal

ledger = typer.Typer(no_args_is_help=True, help="One ledger, four lists.")
ledger.command("import")(import_people)
ledger.command("template")(write_template)
ledger.command("due")(list_due)
ledger.command("answer")(answer_follow_up)

Text = Annotated[str | None, typer.Option()]
Reveal = Annotated[bool, typer.Option(help="Names and telephone numbers in full; audited.")]


@ledger.command("export")
def export_ledger(
    file: Path,
    book: Annotated[list[Book] | None, typer.Option("--list", help="Only these.")] = None,
    county: Text = None,
    town: Text = None,
    category: Text = None,
    station: Text = None,
    officer: Text = None,
    state: Annotated[State | None, typer.Option()] = None,
    trade: Text = None,
    since: Annotated[str | None, typer.Option(help="Registered from that day on.")] = None,
    until: Annotated[str | None, typer.Option(help="Registered up to that day.")] = None,
    short: Annotated[bool, typer.Option(help="Fewer than three openings.")] = False,
    reveal: Reveal = False,
    reason: Text = None,
) -> None:
    """Write the lists as an Excel file."""
    settings, words = begin()
    which = Filter(
        county=county,
        town=town,
        category=category,
        station=station,
        officer=officer,
        state=state,
        trade=trade,
        since=_day(since, words, time.min),
        until=_day(until, words, time.max),
        is_short=short,
    )
    books = tuple(book or Book)
    run(_export(settings, words, file, books, which, _why(reveal, reason, words)), settings, words)


@ledger.command("show")
def show_seeker(number: int, reveal: Reveal = False, reason: Text = None) -> None:
    """One person's card."""
    settings, words = begin()
    run(_show(settings, words, number, _why(reveal, reason, words)), settings, words)


@ledger.command("assign")
def assign_seeker(number: int, station: Text = None, officer: Text = None) -> None:
    """Put a station and an officer in charge of somebody."""
    settings, words = begin()
    run(_assign(settings, words, number, station, officer), settings, words)


@ledger.command("erase")
def erase_person(number: int, yes: Annotated[bool, typer.Option("--yes")] = False) -> None:
    """Delete everything about somebody who asks for it."""
    settings, words = begin()
    if not yes:
        typer.confirm(words.say("ledger.erase_sure", number=number), abort=True)
    run(_erase(settings, words, number), settings, words)


def _why(reveal: bool, reason: str | None, words: Words) -> str | None:
    """The reason for which names may be seen; None when they may not."""
    if reveal and not (reason or "").strip():
        fail(words.say("ledger.reveal_needs_reason"))
    return (reason or "").strip() if reveal else None


def _day(text: str | None, words: Words, at: time) -> datetime | None:
    try:
        return None if text is None else datetime.combine(date.fromisoformat(text), at).astimezone()
    except ValueError:
        fail(words.say("ledger.bad_date", text=text))


async def _export(
    settings: Settings,
    words: Words,
    file: Path,
    books: Sequence[Book],
    which: Filter,
    reason: str | None,
) -> None:
    """Read the lists and write them."""
    look = Look(words, categories_of(settings), is_open=reason is not None)
    async with database_of(settings) as database:
        lines = await Lists(database.sessions).seekers(which)
        openings = await Openings(database.sessions, now).every_one()
        short = await Lists(database.sessions).short()
        if reason is not None:
            await _note(database, "export", str(file.name), reason)
    sheets = [
        supply_sheet(openings, words) if book is Book.SUPPLY else sheet_of(book, lines, look)
        for book in books
    ]
    write_sheets(file, sheets, words, is_open=look.is_open)
    typer.echo(words.say("ledger.short", count=short))


async def _show(settings: Settings, words: Words, number: int, reason: str | None) -> None:
    """One card, masked unless there is a reason."""
    async with database_of(settings) as database:
        outline = await _outlines(database).get(number)
        if outline is None:
            fail(words.say("ledger.nobody", number=number))
        if reason is not None:
            await _note(database, "reveal", f"seeker:{number}", reason)
        card = CardBook(_outlines(database), lambda: words).card(outline)
    seeker = outline.seeker
    typer.echo(
        words.say(
            "ledger.shown",
            card=card,
            name=seeker.name if reason is not None else masked_name(seeker.name),
            phone=seeker.phone if reason is not None else masked_phone(seeker.phone),
            state=words.say(f"ledger.state_{seeker.state}"),
            category=_title(settings, outline),
        )
    )


async def _assign(
    settings: Settings, words: Words, number: int, station: str | None, officer: str | None
) -> None:
    """Keep who is in charge."""
    async with database_of(settings) as database:
        seekers = Seekers(database.sessions, now)
        key = f"assign:{token_hex(8)}"
        if not await seekers.assign(number, station, officer, key, OPERATOR):
            fail(words.say("ledger.nobody", number=number))
    typer.echo(words.say("ledger.assigned", number=number, station=station, officer=officer))


async def _erase(settings: Settings, words: Words, number: int) -> None:
    """Delete somebody from the records, and who chats from the streams as well."""
    async with database_of(settings) as database:
        seeker = await Seekers(database.sessions, now).get(number)
        if seeker is None:
            fail(words.say("ledger.nobody", number=number))
        dossiers = Dossiers(database.sessions)
        if seeker.urn.startswith(DESK):
            await dossiers.erase(seeker.urn, now())
            await dossiers.compact()
        else:
            async with open_line(settings, beside=True) as line:
                await Erasure(line, dossiers, list, ()).erase(seeker.urn)
        await _note(database, "erase", f"seeker:{number}", "")
    typer.echo(words.say("ledger.erased", number=number))


def _title(settings: Settings, outline: Outline) -> str | None:
    category = outline.seeker.category
    known = categories_of(settings).get(category or "")
    return category if known is None else known.title


def _outlines(database: Database) -> Outlines:
    sessions = database.sessions
    return Outlines(sessions, Services(sessions, now), FollowUps(sessions, now))


async def _note(database: Database, action: str, about: str, reason: str) -> None:
    await Audit(database.sessions, now).note(OPERATOR, action, about, {"reason": masked(reason)})
