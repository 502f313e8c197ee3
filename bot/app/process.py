"""One process of the hotline: its parts started and stopped in order."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from bot.app.chores import AWAY, Chores
from bot.app.console import FirstAdmin
from bot.app.parts import Parts
from bot.app.scripts import switchboard
from bot.app.served import Served
from bot.channels.delivery import Channel
from bot.connection import open_line
from bot.content import Content
from bot.crew import Crew
from bot.embedded import socket_path
from bot.health import Health, durability_of
from bot.pipeline.doorbell import JOURNAL
from bot.pipeline.journal import JournalWriter
from bot.pipeline.messages import Lane
from bot.pipeline.sender import Sender
from bot.pipeline.worker import Worker
from bot.records.database import Database
from bot.records.transcripts import Transcripts
from bot.settings import Settings
from bot.tasks import finished, together

DRAIN_WITHIN = 3.0  # seconds that what was accepted may take to be answered at the stop
# What a turn makes is gone when it is over: Python's own 700 would have it looked at in mid-turn.
YOUNG = (20_000, 20, 20)

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
        await _Hotline(Parts(settings, content, line, database)).run(stop, started, stack)


class _Hotline:
    """One process at work."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._settings = parts.settings
        self._served = Served(parts)
        self._channels: dict[str, Channel] = {}
        self._intake: list[Step] = []  # what hears; a process that only sends has its own
        self._answers = parts.settings.role != "records"

    async def run(
        self, stop: asyncio.Event, started: Callable[[Started], None], stack: AsyncExitStack
    ) -> None:
        """Everything, in the order in which it starts and, backwards, stops."""
        parts = self._parts
        if self._settings.redis_url is None:
            for duty in parts.duties:
                await duty.take_over()
        telegram = self._open_channels(stack)
        senders = {name: self._sender(channel) for name, channel in self._channels.items()}
        await parts.switches.look()
        durability = await durability_of(parts.line)
        turns = [self._journal().run()]
        if self._answers:
            turns += [self._worker().run(), *(it.run() for it in senders.values())]
        health = self._health(senders, durability)
        for duty in parts.duties:
            await duty.beat()
        shared = self._beside()
        admin = None
        if self._settings.is_main:
            admin = await self._served.add_console(list(self._channels))
            self._served.add_pages()
            shared.append(self._crew().run())
        async with together(*shared), finished(parts.closing, *turns):
            intake = together(*(step() for step in self._intake))
            async with intake, self._served.listening() as address:
                gc.freeze()  # what was loaded stays for good: no collection need look at it again
                gc.enable()
                gc.set_threshold(*YOUNG)
                started(Started(address, durability, telegram, admin))
                await stop.wait()
            await health.has_drained(DRAIN_WITHIN)
        for duty in parts.duties:
            await duty.give_all()

    def _open_channels(self, stack: AsyncExitStack) -> str:
        """Every channel that is set up; how Telegram is heard."""
        webchat = self._served.add_webchat()
        self._channels[webchat.channel.name] = webchat.channel
        if self._settings.is_main:
            self._intake.append(webchat.run)
        if self._settings.telegram_token is None:
            return "off"
        telegram = self._served.add_telegram()
        stack.push_async_callback(telegram.close)
        self._channels[telegram.name] = telegram
        if self._answers:
            self._intake.append(telegram.run if self._settings.is_main else telegram.join)
        return telegram.mode

    def _beside(self) -> list[Coroutine[Any, Any, None]]:
        """What runs as long as the process does."""
        parts = self._parts
        feeder = parts.campaigns.feeder(parts.line, parts.outbox, parts.switches, self._channels)
        stores = (parts.database, parts.records, parts.outbox, parts.work, parts.live)
        chores = Chores(self._settings, *stores)
        return [
            *(it.run() for it in parts.duties),
            parts.erasure.run(parts.closing),
            parts.far.run(parts.bell),
            parts.switches.run(parts.closing),
            parts.live.run(),
            feeder.run(chores.is_mine, AWAY),
            chores.run(tuple(self._channels)),
        ]

    def _crew(self) -> Crew:
        settings = self._settings
        shared = {"DATABASE_URL": settings.database}
        if settings.redis_url is None:
            shared["REDIS_URL"] = f"unix://{socket_path(settings.var_dir / 'redis')}"
        return Crew(settings.processes - 1, shared)

    def _worker(self) -> Worker:
        parts = self._parts
        board = parts.live.made(lambda content: switchboard(content, parts.stores))
        up = parts.database.may_write
        kept = self._settings.retention_days * 24 * 3600
        stream = (parts.line, parts.turns, parts.bell)
        return Worker(*stream, board, up, parts.metrics, parts.closing, session_kept=kept)

    def _sender(self, channel: Channel) -> Sender:
        parts = self._parts
        parts.hops += [lane.outbox(channel.name) for lane in Lane]
        stream = (parts.line, parts.turns, parts.bell)
        return Sender(*stream, channel, parts.metrics, parts.closing, gate=parts.gate)

    def _journal(self) -> JournalWriter:
        parts, database = self._parts, self._parts.database
        stream = (parts.line, parts.records, parts.bell)
        transcripts = Transcripts(database.sessions)
        return JournalWriter(*stream, transcripts, database.may_write, parts.metrics, parts.closing)

    def _health(self, senders: Mapping[str, Sender], durability: str) -> Health:
        def halted() -> dict[str, str]:
            return {name: it.halted for name, it in senders.items() if it.halted is not None}

        parts = self._parts
        ping, hops = parts.database.ping, (*parts.hops, JOURNAL, "dead")
        health = Health(
            parts.line, parts.turns, ping, halted, hops, parts.metrics, durability,
            parts.live.health,
        )  # fmt: skip
        self._served.add_health(health)
        return health
