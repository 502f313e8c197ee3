"""One process of the hotline: its parts, put together, started and stopped in order."""

from __future__ import annotations

import asyncio
import gc
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web

from bot.app.api import api
from bot.app.campaigns import CampaignStores
from bot.app.chores import AWAY, Chores
from bot.app.console import FirstAdmin, console, first_admin, seal_second_factors
from bot.app.listening import MakeDoor, listening, no_door
from bot.app.region import read_towns
from bot.app.scripts import Stores, conversations, scripts, switchboard
from bot.app.staff_talks import StaffTalks
from bot.app.telegram import joining_telegram
from bot.app.work import Work, private_links
from bot.app.work_pages import directory_of
from bot.channels.delivery import Channel
from bot.channels.telegram.joining import JoiningTelegram
from bot.channels.webchat.routes import WebChatSettings, WebChatSite
from bot.clock import local_now, now, today
from bot.connection import open_line
from bot.console.counter import Counter
from bot.content import Content
from bot.crew import Crew
from bot.embedded import socket_path
from bot.health import Health, durability_of
from bot.hours import DeskHours, OfficeHours
from bot.jobs.night import NightGate
from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.erasure import Erasure
from bot.pipeline.farbell import FarBell
from bot.pipeline.inbox import Inbox
from bot.pipeline.journal import JournalWriter
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line
from bot.pipeline.messages import Lane
from bot.pipeline.outbox import Outbox
from bot.pipeline.sender import Sender
from bot.pipeline.switches import Switches
from bot.pipeline.worker import Worker
from bot.records.database import DOWN, Database
from bot.records.dossiers import Dossiers
from bot.records.feedback import FeedbackBook
from bot.records.preferences import Preferences
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from bot.reload import LiveContent
from bot.settings import Settings
from bot.site.card import PrivatePages
from bot.site.jobs import JobPages
from bot.tasks import finished, together
from bot.words import Words

DRAIN_WITHIN = 3.0  # seconds that what was accepted may take to be answered at the stop
LARGEST_BODY = 128 * 1024  # bytes
# What a turn makes is gone when it is over: Python's own 700 would have it looked at in mid-turn.
YOUNG = (20_000, 20, 20)

log = structlog.get_logger()

Step = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Started:
    """What is on and off, for whoever started the service."""

    address: str
    durability: str  # what Redis does with a write before it answers
    telegram: str  # "off", "polling" or "webhook"
    admin: FirstAdmin | None  # who may sign in to the console, when nobody could before


async def serve(
    settings: Settings, content: Content, stop: asyncio.Event, started: Callable[[Started], None]
) -> None:
    """Run the hotline until `stop`.

    Raises AlreadyRunning, NoRedis, StorageDown, DatabaseUnusable, or OSError when the port is
    taken, if it cannot start.
    """
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(open_line(settings))
        database = await Database.open(settings.database)
        stack.push_async_callback(database.close)
        await _Hotline(settings, content, line, database).run(stop, started, stack)


class _Hotline:
    """The parts of one process, put together."""

    def __init__(
        self, settings: Settings, content: Content, line: Line, database: Database
    ) -> None:
        self._settings = settings
        self._content = content
        self._line = line
        self._database = database
        self._metrics = Metrics()
        self._live = LiveContent(settings, content, self._metrics)
        self._closing = Closing()
        self._hops = ["inbox", "journal"]
        self._leases = Leases(line, uuid.uuid4().hex[:12], self._wake)
        self._far = FarBell(line.redis)
        self._bell = Doorbell(self._leases.owns, self._far.ring, self._far.hand)
        self._inbox = Inbox(line, self._bell)
        self._make_door: MakeDoor = no_door
        self._joins: list[Step] = []  # what a process that only sends needs of its channels
        self._outbox = Outbox(line, self._bell, self._words)
        self._switches = Switches(line)
        self._office = OfficeHours(settings.desk_hours)
        dossiers = Dossiers(database.sessions)
        self._erasure = Erasure(line, dossiers, self._leases.owned, DOWN)
        links = private_links(settings, database)
        words = self._words
        self._work = Work(database, words, links, self._erasure)
        self._private = PrivatePages(links, self._work.cards, dossiers, words, today)
        self._stores = Stores(
            desk=Tickets(database.sessions, now, self._due),
            book=FeedbackBook(database.sessions, now),
            hours=DeskHours(self._office, now),
            work=self._work,
            campaigns=Preferences(database.sessions, now),
            off=self._switches.off,
            staff=StaffTalks.of(settings, database, line, self._outbox, words),
        )
        self._telegram: JoiningTelegram | None = None
        self._campaigns = CampaignStores.of(database, settings)
        self._gate = NightGate(self._campaigns.gate(self._switches), now)
        self._site = web.Application(client_max_size=LARGEST_BODY)

    async def run(
        self, stop: asyncio.Event, started: Callable[[Started], None], stack: AsyncExitStack
    ) -> None:
        """Everything, in the order in which it starts and, backwards, stops."""
        if self._settings.redis_url is None:
            await self._leases.take_over()
        webchat = self._webchat()
        intake: list[Step] = [webchat.run]
        channels: dict[str, Channel] = {webchat.channel.name: webchat.channel}
        telegram = "off"
        if self._settings.telegram_token is not None:
            telegram = self._add_telegram(intake, channels, stack)
        feeder = self._campaigns.feeder(self._line, self._outbox, self._switches, channels)
        senders = {name: self._sender(channel) for name, channel in channels.items()}
        await self._switches.look()
        durability = await durability_of(self._line)
        turns = [
            self._worker().run(),
            self._journal().run(),
            *(it.run() for it in senders.values()),
        ]
        health = self._health(senders, durability)
        await self._leases.beat()
        parts = (self._database, self._leases, self._outbox, self._work, self._live)
        chores = Chores(self._settings, *parts)
        shared = [
            self._leases.run(),
            self._erasure.run(self._closing),
            self._far.run(self._bell),
            self._switches.run(self._closing),
            self._live.run(),
            feeder.run(chores.is_mine, AWAY),
            chores.run(tuple(channels)),
        ]
        admin = None
        if self._settings.role == "worker":
            intake = self._joins
        else:
            admin = await self._add_console(list(channels))
            self._add_pages()
            shared.append(self._crew().run())
        async with together(*shared), finished(self._closing, *turns):
            async with together(*(step() for step in intake)), self._listening() as address:
                gc.freeze()  # what was loaded stays for good: no collection need look at it again
                gc.enable()
                gc.set_threshold(*YOUNG)
                started(Started(address, durability, telegram, admin))
                await stop.wait()
            await health.has_drained(DRAIN_WITHIN)
        await self._leases.give_all()

    def _crew(self) -> Crew:
        settings = self._settings
        shared = {"DATABASE_URL": settings.database}
        if settings.redis_url is None:
            shared["REDIS_URL"] = f"unix://{socket_path(settings.var_dir / 'redis')}"
        return Crew(settings.processes - 1, shared)

    def _add_pages(self) -> None:
        """The public pages: openings, and what belongs to one visitor alone."""
        reader = self._live.now.directory.reader
        JobPages(
            self._work.openings,
            self._words,
            reader.counties(),
            reader.groups(),
            self._settings.public_url,
            local_now,
        ).add_to(self._site)
        self._private.add_to(self._site)

    def _words(self) -> Words:
        return self._live.now.words

    def _wake(self, partition: int) -> None:
        for hop in self._hops:
            self._bell.wake(hop, partition)

    def _webchat(self) -> WebChatSite:
        settings = self._settings
        site = WebChatSite(
            self._line,
            self._inbox,
            self._live.group("webchat"),
            WebChatSettings(
                trust_proxy=settings.web_trust_proxy,
                embedders=frozenset(settings.web_origins),
                mail_kept_for=settings.retention_days * 24 * 3600,
            ),
        )
        site.add_to(self._site)
        return site

    async def _add_console(self, channels: Sequence[str]) -> FirstAdmin | None:
        settings, words = self._settings, self._content.words
        places, folder = read_towns(settings.content_dir), settings.content_dir / "directory"
        directory = directory_of(lambda: self._live.now, folder, places)
        console(
            settings,
            lambda: self._live.now,
            self._line,
            self._database,
            self._switches,
            Counter(self._inbox, self._outbox, now),
            self._outbox,
            directory=directory,
            board=lambda: self._work.board(self._live.now),
            bot_name=None if self._telegram is None else self._telegram.bot_name,
            channels=channels,
            dialogs=conversations(scripts(self._content, self._stores)),
            places=places,
        ).add_to(self._site)
        stores = (self._line, self._database, self._outbox)
        api(settings, self._words, directory, *stores).add_to(self._site)
        await seal_second_factors(self._settings, self._database)
        return await first_admin(self._database, words.say("console.role_admin"))

    def _add_telegram(
        self, intake: list[Step], channels: dict[str, Channel], stack: AsyncExitStack
    ) -> str:
        service = joining_telegram(
            self._settings, self._live.group("telegram"), self._inbox, self._line
        )
        service.add_to(self._site)
        self._telegram = service
        self._make_door = service.door
        self._joins.append(service.join)
        stack.push_async_callback(service.close)
        channels[service.name] = service
        intake.append(service.run)
        return service.mode

    def _worker(self) -> Worker:
        database = self._database
        board = self._live.made(lambda content: switchboard(content, self._stores))
        parts = (self._line, self._leases, self._bell)
        up = database.may_write
        kept = self._settings.retention_days * 24 * 3600
        return Worker(*parts, board, up, self._metrics, self._closing, session_kept=kept)

    def _due(self, opened: datetime) -> datetime:
        """When a ticket should have been taken: nights and holidays do not count."""
        return self._office.after(opened, timedelta(minutes=self._settings.desk_minutes))

    def _sender(self, channel: Channel) -> Sender:
        self._hops += [lane.outbox(channel.name) for lane in Lane]
        parts = (self._line, self._leases, self._bell)
        return Sender(*parts, channel, self._metrics, self._closing, gate=self._gate)

    def _journal(self) -> JournalWriter:
        parts = (self._line, self._leases, self._bell)
        transcripts, up = Transcripts(self._database.sessions), self._database.may_write
        return JournalWriter(*parts, transcripts, up, self._metrics, self._closing)

    def _health(self, senders: Mapping[str, Sender], durability: str) -> Health:
        def halted() -> dict[str, str]:
            return {name: it.halted for name, it in senders.items() if it.halted is not None}

        ping, hops = self._database.ping, (*self._hops, "dead")
        health = Health(
            self._line, self._leases, ping, halted, hops, self._metrics, durability,
            self._live.health,
        )  # fmt: skip
        health.add_to(self._site)
        return health

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[str]:
        if self._settings.role == "worker":
            yield ""
            return
        async with listening(self._site, self._settings, self._make_door) as address:
            yield address
