"""The console, put together: who may sign in, and every page they find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from ipaddress import ip_address

import structlog

from bot.app.campaigns import campaign_pages
from bot.app.review import review_pages
from bot.app.work_pages import work_pages
from bot.clock import now
from bot.console.bindings import Bindings
from bot.console.brake import Brake
from bot.console.counter import Counter
from bot.console.directory import Directory
from bot.console.gate import Gate
from bot.console.html import Html
from bot.console.pages.account import AccountPages
from bot.console.pages.audit import AuditPages
from bot.console.pages.home import HomePages
from bot.console.pages.staff import StaffPages
from bot.console.pages.switches import SwitchPages
from bot.console.pages.telegram import TelegramPages
from bot.console.pages.tickets import TicketPages
from bot.console.passwords import Passwords, one_time_password
from bot.console.safe import Safe
from bot.console.site import ConsoleSite
from bot.content import Content
from bot.jobs.board import Board
from bot.knowledge.folder import Folder
from bot.network import Network
from bot.pipeline.line import Line
from bot.pipeline.outbox import Outbox
from bot.pipeline.switches import Switches
from bot.records.audit import Audit
from bot.records.conversations import Conversations
from bot.records.database import Database
from bot.records.staff import LoginTaken, Role, Staff
from bot.records.staff_sessions import Limits, StaffSessions
from bot.records.tickets import Tickets
from bot.settings import Settings
from bot.site.links import secret_in
from bot.words import Words
from dialogs.policy import Answered

ADMIN = "admin"  # the login of the first member of staff

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The account that was made because there was none."""

    login: str
    password: str  # to be changed at the first sign-in; told once


async def first_admin(database: Database, name: str) -> FirstAdmin | None:
    """Make an admin when nobody may sign in yet."""
    staff = Staff(database.sessions, now)
    if await staff.all():
        return None
    password = one_time_password()
    try:
        await staff.add(ADMIN, name, Role.ADMIN, await Passwords().hash(password))
    except LoginTaken:  # another process was quicker
        return None
    await Audit(database.sessions, now).note("-", "first_admin", f"staff:{ADMIN}")
    return FirstAdmin(ADMIN, password)


def safe_of(settings: Settings) -> Safe:
    """What seals the secrets of second factors."""
    if settings.secret_key is None:
        return Safe([secret_in(settings.var_dir / "secret.key")])
    return Safe([it.strip().encode() for it in settings.secret_key.get_secret_value().split(",")])


async def seal_second_factors(settings: Settings, database: Database) -> None:
    """Every secret is sealed with the newest key: those of before there was one, too."""
    safe, staff = safe_of(settings), Staff(database.sessions, now)
    for number, kept in (await staff.secrets()).items():
        renewed = safe.renewed(kept)
        if renewed is None:
            log.warning("console.second_factor_unreadable", staff=number)
        elif renewed != kept:
            await staff.seal_anew(number, kept, renewed)


def console(
    settings: Settings,
    content: Callable[[], Content],
    line: Line,
    database: Database,
    switches: Switches,
    counter: Counter,
    outbox: Outbox,
    *,
    directory: Callable[[], Directory],
    board: Callable[[], Board],
    bot_name: Callable[[], str] | None,
    channels: Sequence[str],
    dialogs: Sequence[str],
    places: Mapping[str, tuple[str, ...]],
) -> ConsoleSite:
    """The whole console."""
    staff = Staff(database.sessions, now)
    audit = Audit(database.sessions, now)
    limits = Limits(
        timedelta(minutes=settings.console_idle_minutes),
        timedelta(hours=settings.console_session_hours),
    )
    sessions = StaffSessions(database.sessions, now, limits)
    passwords = Passwords()
    gate = Gate(
        staff, sessions, audit, Brake(line), safe_of(settings), now,
        second_factor=needs_second_factor(settings), passwords=passwords,
    )  # fmt: skip
    tickets = TicketPages(
        Tickets(database.sessions, now),
        Conversations(database.sessions),
        staff,
        counter,
        partial(suggestion, content),
        lambda facts: ready_answers(content().words, facts),
        lambda: content().library.titles(),
    )
    work = work_pages(database, line, directory, board, now)
    folder = Folder(
        settings.content_dir, settings.var_dir / "cache", settings.semantic,
        lambda: content().library,
    )  # fmt: skip
    review = review_pages(
        database, lambda: content().words, lambda: content().library.titles(), channels,
        lambda: dialogs, places, folder, now,
    )  # fmt: skip
    campaigns = campaign_pages(database, settings, outbox, lambda: content().words, directory)
    waiting = (tickets.waiting(), *work.waiting, *campaigns.waiting(), *review.waiting)
    routes = (
        *HomePages(waiting).routes(),
        *tickets.routes(),
        *work.routes,
        *review.routes,
        *campaigns.routes(),
        *StaffPages(staff, sessions, passwords, places).routes(),
        *SwitchPages(switches, channels, lambda: dialogs).routes(),
        *AuditPages(audit, lambda: content().words.group("console_acts")).routes(),
        *AccountPages(gate, sessions, content().words.say("console.title")).routes(),
        *TelegramPages(Bindings(line, staff, audit), bot_name).routes(),
    )
    network = Network(settings.web_trust_proxy, frozenset(settings.web_origins))
    return ConsoleSite(routes, gate, audit, Html(lambda: content().words), network, now)


def ready_answers(words: Words, facts: Mapping[str, object]) -> dict[str, str]:
    """What staff often say, by its title."""
    return {title: words.say(f"canned.{title}", **facts) for title in words.group("canned")}


async def suggestion(content: Callable[[], Content], question: str) -> str:
    """What the bot would answer; empty when it would not."""
    now = content()
    found = await now.library.find(question)
    if not isinstance(found, Answered):
        return ""
    return now.words.say("policy.answer", answers=found.answers)


def needs_second_factor(settings: Settings) -> bool:
    """Whether everybody must have one: unless told otherwise, wherever the console can be reached
    from another machine."""
    if settings.console_second_factor != "auto":
        return settings.console_second_factor == "on"
    return settings.web_trust_proxy or not _is_this_machine(settings.host)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
