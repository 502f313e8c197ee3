"""What one process serves on its port: the channels' doors, the console, the API, the public pages,
and how it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.app.api import api
from bot.app.console import FirstAdmin, console, first_admin, seal_second_factors
from bot.app.listening import MakeDoor, listening, no_door
from bot.app.parts import Parts
from bot.app.region import read_towns
from bot.app.scripts import conversations, scripts
from bot.app.telegram import joining_telegram
from bot.app.work_pages import directory_of
from bot.channels.telegram.joining import JoiningTelegram
from bot.channels.webchat.routes import WebChatSettings, WebChatSite
from bot.clock import local_now, now
from bot.console.counter import Counter
from bot.health import Health
from bot.site.jobs import JobPages

LARGEST_BODY = 128 * 1024  # bytes


class Served:
    """The site of one process; each part is added before it listens."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._app = web.Application(client_max_size=LARGEST_BODY)
        self._make_door: MakeDoor = no_door
        self.telegram: JoiningTelegram | None = None

    def add_webchat(self) -> WebChatSite:
        """The web chat's page and socket."""
        parts, settings = self._parts, self._parts.settings
        site = WebChatSite(
            parts.line,
            parts.inbox,
            parts.live.group("webchat"),
            WebChatSettings(
                trust_proxy=settings.web_trust_proxy,
                embedders=frozenset(settings.web_origins),
                mail_kept_for=settings.retention_days * 24 * 3600,
            ),
        )
        site.add_to(self._app)
        return site

    def add_telegram(self) -> JoiningTelegram:
        """Telegram, with its webhook if it has one; its token is set."""
        parts = self._parts
        menu = parts.live.group("telegram")
        self.telegram = joining_telegram(parts.settings, menu, parts.inbox, parts.line)
        self.telegram.add_to(self._app)
        self._make_door = self.telegram.door
        return self.telegram

    async def add_console(self, channels: Sequence[str]) -> FirstAdmin | None:
        """The console and the API; the first admin, if there was none."""
        parts, settings, database = self._parts, self._parts.settings, self._parts.database
        places, folder = read_towns(settings.content_dir), settings.content_dir / "directory"
        directory = directory_of(parts.content, folder, places)
        console(
            settings,
            parts.content,
            parts.line,
            database,
            parts.switches,
            Counter(parts.inbox, parts.outbox, now),
            parts.outbox,
            directory=directory,
            board=lambda: parts.work.board(parts.content()),
            bot_name=None if self.telegram is None else self.telegram.bot_name,
            channels=channels,
            dialogs=conversations(scripts(parts.content(), parts.stores)),
            places=places,
        ).add_to(self._app)
        stores = (parts.line, database, parts.outbox)
        api(settings, parts.words, directory, *stores).add_to(self._app)
        await seal_second_factors(settings, database)
        return await first_admin(database, parts.words().say("console.role_admin"))

    def add_pages(self) -> None:
        """The public pages: openings, and what belongs to one visitor alone."""
        parts, reader = self._parts, self._parts.content().directory.reader
        JobPages(
            parts.work.openings,
            parts.words,
            reader.counties(),
            reader.groups(),
            parts.settings.public_url,
            local_now,
        ).add_to(self._app)
        parts.private.add_to(self._app)

    def add_health(self, health: Health) -> None:
        """How it is."""
        health.add_to(self._app)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serve all that was added; its address, empty for a process that only works."""
        settings = self._parts.settings
        if not settings.is_main:
            yield ""
            return
        async with listening(self._app, settings, self._make_door) as address:
            yield address
