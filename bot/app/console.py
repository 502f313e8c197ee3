"""The console, put together: who may sign in, and every page they find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from ipaddress import ip_address

from bot.app.campaigns import campaign_pages
from bot.app.review import review_pages
from bot.app.work_pages import directory_of, work_pages
from bot.clock import now
from bot.console.brake import Brake
from bot.console.counter import Counter
from bot.console.gate import Gate
from bot.console.html import Html
from bot.console.pages.account import AccountPages
from bot.console.pages.audit import AuditPages
from bot.console.pages.home import HomePages
from bot.console.pages.staff import StaffPages
from bot.console.pages.switches import SwitchPages
from bot.console.pages.tickets import TicketPages
from bot.console.passwords import Passwords, one_time_password
from bot.console.site import ConsoleSite
from bot.content import Content
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
from dialogs.policy import Answered

ADMIN = "admin"  # the login of the first member of staff


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


def console(
    settings: Settings,
    content: Callable[[], Content],
    line: Line,
    database: Database,
    switches: Switches,
    counter: Counter,
    outbox: Outbox,
    *,
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
        staff, sessions, audit, Brake(line), now,
        second_factor=needs_second_factor(settings), passwords=passwords,
    )  # fmt: skip
    tickets = TicketPages(
        Tickets(database.sessions, now),
        Conversations(database.sessions),
        staff,
        counter,
        partial(suggestion, content),
        lambda: content().words.group("canned"),
    )
    directory = directory_of(content, settings.content_dir / "directory", places)
    work = work_pages(database, line, directory, now)
    folder = Folder(
        settings.content_dir, settings.var_dir / "cache", settings.semantic,
        lambda: content().library,
    )  # fmt: skip
    review = review_pages(
        database, lambda: content().words, lambda: content().library.titles(), channels,
        lambda: dialogs, places, folder, now,
    )  # fmt: skip
    campaigns = campaign_pages(database, settings, outbox, lambda: content().words, directory)
    routes = (
        *HomePages((tickets.waiting(), *work.waiting, *review.waiting)).routes(),
        *tickets.routes(),
        *work.routes,
        *review.routes,
        *campaigns.routes(),
        *StaffPages(staff, sessions, passwords, places).routes(),
        *SwitchPages(switches, channels, lambda: dialogs).routes(),
        *AuditPages(audit).routes(),
        *AccountPages(gate, sessions, content().words.say("console.title")).routes(),
    )
    network = Network(settings.web_trust_proxy, frozenset(settings.web_origins))
    return ConsoleSite(routes, gate, audit, Html(lambda: content().words), network, now)


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
