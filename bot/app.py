"""The composition root: the only file that knows every part and puts them together."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.channels.delivery import Channel, Pace
from bot.channels.webchat.routes import WebChatSettings, WebChatSite
from bot.content import Content
from bot.embedded import (
    PREDECESSOR_ENDS_WITHIN,
    AlreadyRunning,
    EmbeddedRedis,
    FolderLock,
    socket_path,
)
from bot.health import Health, durability_of
from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.dead import DeadLetters
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.inbox import Inbox
from bot.pipeline.journal import JournalWriter
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line
from bot.pipeline.sender import HOPS, Sender
from bot.pipeline.switchboard import Switchboard
from bot.pipeline.worker import Worker
from bot.records.database import Database
from bot.records.feedback import FeedbackBook
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from bot.settings import Settings
from dialogs.feedback import FeedbackBook as VerdictBook
from dialogs.feedback import take_reason, take_verdict
from dialogs.handoff import Desk, ask_for_a_person
from dialogs.menu import follow_link, show_menu
from dialogs.policy import Library, answer_question, show_policy
from dialogs.talk import Script

DRAIN_WITHIN = 3.0  # seconds that what was accepted may take to be answered at the stop
FINISH_WITHIN = 4.0  # seconds for turns and sends under way; what is left is the next process's
LARGEST_BODY = 128 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Started:
    """What is on and off, for whoever started the service."""

    address: str
    durability: str  # what Redis does with a write before it answers
    telegram: str  # "off", "polling" or "webhook"


def scripts(library: Library, desk: Desk, book: VerdictBook) -> dict[str, Script]:
    """The table of contents: every conversation, by the name its buttons use."""
    return {
        "menu": show_menu,
        "link": partial(follow_link, library=library),
        "policy": partial(answer_question, library=library),
        "policy.show": partial(show_policy, library=library),
        "handoff": partial(ask_for_a_person, desk=desk),
        "feedback": partial(take_verdict, book=book),
        "feedback.why": partial(take_reason, book=book),
    }


def switchboard(content: Content, desk: Desk, book: VerdictBook) -> Switchboard:
    """The switchboard over the content."""
    table = scripts(content.library, desk, book)
    return Switchboard(table, content.words, content.commands, content.notice)


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


@asynccontextmanager
async def open_line(settings: Settings, beside: bool = False) -> AsyncIterator[Line]:
    """The line to Redis: to REDIS_URL, or to the bundled server, started for as long.

    `beside`: a service may be running here, whose server is then used.
    """
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, beside, stack)
        stack.push_async_callback(redis.aclose)
        line = Line(redis)
        await stack.enter_async_context(_together(line.run()))
        await line.call("PING")
        yield line


async def _redis(settings: Settings, beside: bool, stack: AsyncExitStack) -> Redis:
    if settings.redis_url is not None:
        return Redis.from_url(settings.redis_url.get_secret_value(), **_patience())
    folder = settings.var_dir / "redis"
    lock = FolderLock(settings.var_dir)
    stack.callback(lock.close)
    try:
        lock.take(0.0 if beside else PREDECESSOR_ENDS_WITHIN)
    except AlreadyRunning:
        if not beside:
            raise
    else:
        server = EmbeddedRedis(folder, lock)
        await server.start()
        stack.callback(server.stop)
        await stack.enter_async_context(_together(server.watch()))
    return Redis(unix_socket_path=str(socket_path(folder)), **_patience())


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
        self._closing = Closing()
        self._leases = Leases(line, uuid.uuid4().hex[:12], self._wake)
        self._bell = Doorbell(self._leases.owns, lambda hop, partition: None)
        self._inbox = Inbox(line, self._bell)
        self._site = web.Application(client_max_size=LARGEST_BODY)

    async def run(
        self, stop: asyncio.Event, started: Callable[[Started], None], stack: AsyncExitStack
    ) -> None:
        """Everything, in the order in which it starts and, backwards, stops."""
        if self._settings.redis_url is None:
            await self._leases.take_over()
        webchat = self._webchat()
        intake: list[Coroutine[Any, Any, None]] = [webchat.run(), self._content.library.warm()]
        channels: dict[str, Channel] = {webchat.channel.name: webchat.channel}
        telegram = "off"
        if self._settings.telegram_token is not None:
            telegram = self._add_telegram(intake, channels, stack)
        sender = self._sender(channels)
        durability = await durability_of(self._line)
        health = self._health(sender, durability)
        await self._leases.beat()
        async with (
            _together(self._leases.run()),
            _finished(self._closing, self._worker().run(), sender.run(), self._journal().run()),
        ):
            async with _together(*intake), self._listening() as address:
                started(Started(address, durability, telegram))
                await stop.wait()
            await health.has_drained(DRAIN_WITHIN)
        await self._leases.give_all()

    def _wake(self, partition: int) -> None:
        for hop in ("inbox", "journal", *HOPS.values()):
            self._bell.wake(hop, partition)

    def _webchat(self) -> WebChatSite:
        settings = self._settings
        site = WebChatSite(
            self._line,
            self._inbox,
            self._content.words.group("webchat"),
            WebChatSettings(
                trust_proxy=settings.web_trust_proxy,
                embedders=frozenset(settings.web_origins),
                mail_kept_for=settings.retention_days * 24 * 3600,
            ),
        )
        site.add_to(self._site)
        return site

    def _add_telegram(
        self,
        intake: list[Coroutine[Any, Any, None]],
        channels: dict[str, Channel],
        stack: AsyncExitStack,
    ) -> str:
        # aiogram takes seconds to import: only who uses it waits for it.
        from bot.channels.telegram.service import TelegramService, TelegramSettings

        settings = self._settings
        assert settings.telegram_token is not None
        secret = settings.telegram_secret
        service = TelegramService(
            TelegramSettings(
                token=settings.telegram_token.get_secret_value(),
                api=settings.telegram_api,
                webhook=settings.telegram_webhook,
                secret=None if secret is None else secret.get_secret_value(),
                pace=Pace(settings.telegram_rate, settings.telegram_chat_rate),
            ),
            self._inbox,
            DeadLetters(self._line),
            self._content.words.group("telegram"),
        )
        service.add_to(self._site)
        stack.push_async_callback(service.close)
        channels[service.channel.name] = service.channel
        intake.append(service.run())
        return service.mode

    def _worker(self) -> Worker:
        database = self._database
        board = switchboard(
            self._content, Tickets(database.sessions, _now), FeedbackBook(database.sessions, _now)
        )
        parts = (self._line, self._leases, self._bell)
        up = database.may_write
        return Worker(*parts, lambda: board, up, self._metrics, self._closing)

    def _sender(self, channels: dict[str, Channel]) -> Sender:
        parts = (self._line, self._leases, self._bell)
        return Sender(*parts, channels, self._metrics, self._closing)

    def _journal(self) -> JournalWriter:
        parts = (self._line, self._leases, self._bell)
        transcripts, up = Transcripts(self._database.sessions), self._database.may_write
        return JournalWriter(*parts, transcripts, up, self._metrics, self._closing)

    def _health(self, sender: Sender, durability: str) -> Health:
        ping, halted = self._database.ping, sender.halted
        health = Health(self._line, self._leases, ping, halted, self._metrics, durability)
        health.add_to(self._site)
        return health

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[str]:
        runner = web.AppRunner(
            self._site, access_log=None, handle_signals=False, shutdown_timeout=1
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}/"
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _together(*steps: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run beside the block; cancelled at its end."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step) for step in steps]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@asynccontextmanager
async def _finished(closing: Closing, *steps: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run beside the block; told to finish at its end, and cancelled if that takes too long."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step) for step in steps]
        try:
            yield
        finally:
            closing.begin()
            _, late = await asyncio.wait(tasks, timeout=FINISH_WITHIN)
            for task in late:
                task.cancel()


def _patience() -> dict[str, Any]:
    """How long one call to Redis may take. Retrying is ours: we know what may be done twice."""
    return {
        "socket_timeout": 5.0,
        "socket_connect_timeout": 2.0,
        "retry": Retry(NoBackoff(), 0),
    }


def _now() -> datetime:
    return datetime.now(UTC)
