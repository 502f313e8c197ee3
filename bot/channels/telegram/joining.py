"""Telegram as the service adds it: at once, although aiogram takes seconds to import.

It is imported in a thread, while the hotline answers everybody else. Telegram's updates wait for it
as long as they may and then are asked to come again; messages wait in their outbox.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.channels.delivery import Delivery, Pace
from bot.channels.telegram.door import COME_AGAIN, Door, ProtocolFactory
from bot.channels.telegram.options import TelegramSettings
from bot.pipeline.messages import Message

if TYPE_CHECKING:
    from bot.channels.telegram.service import TelegramService

JOIN_WITHIN = 10.0  # seconds that one update waits

log = structlog.get_logger()


class JoiningTelegram:
    """Telegram in one process, and the channel "telegram". `run` must be running, in a process
    that only sends too: there as `join`."""

    name = "telegram"

    def __init__(self, settings: TelegramSettings, load: Callable[[], TelegramService]) -> None:
        """`load` imports and makes the rest, in a thread."""
        self.pace: Pace | None = settings.pace
        self.mode = settings.mode
        self._settings = settings
        self._load = load
        self._service: TelegramService | None = None
        self._has_joined = asyncio.Event()

    def add_to(self, app: web.Application) -> None:
        """Add the webhook's route, if there is one."""
        if self.mode == "webhook":
            app.router.add_post(self._settings.path, self._handle)

    def door(self, other: ProtocolFactory) -> Door | None:
        """What a server shall accept connections with, in place of `other`, aiohttp's, to which it
        leaves all but the webhook; None without a webhook."""
        if self.mode != "webhook":
            return None
        secret = self._settings.webhook_secret.encode()
        return Door(self._settings.path, secret, self._take, other)

    async def join(self) -> None:
        """Import and make what is needed to send and to receive."""
        if not self._has_joined.is_set():
            self._service = await asyncio.to_thread(self._load)
            gc.freeze()  # it stays for good: no collection need look at it again
            self._has_joined.set()
            log.info("telegram.joined")

    async def run(self) -> None:
        """Join, and receive until cancelled."""
        await self.join()
        await (await self._joined()).run()

    def bot_name(self) -> str:
        """The bot's name at Telegram; empty until Telegram has told it."""
        return "" if self._service is None else self._service.bot_name

    def calls(self, message: Message) -> int:
        """As `Channel` says; the few that come before Telegram has joined count as one."""
        return 1 if self._service is None else self._service.channel.calls(message)

    async def send(self, address: str, message: Message) -> Delivery:
        """Carry one message, as `Channel` says."""
        service = self._service or await self._joined()
        return await service.channel.send(address, message)

    async def close(self) -> None:
        """Close the connections to Telegram, after the last send."""
        if self._service is not None:
            await self._service.close()

    async def _joined(self) -> TelegramService:
        await self._has_joined.wait()
        assert self._service is not None
        return self._service

    async def _take(self, body: bytes) -> int:
        service = self._service
        if service is None:
            try:
                async with asyncio.timeout(JOIN_WITHIN):
                    service = await self._joined()
            except TimeoutError:
                return 503
        return await service.webhook.take(body)

    async def _handle(self, request: web.Request) -> web.Response:
        if self._service is None:
            return web.Response(status=503, headers={"Retry-After": COME_AGAIN})
        return await self._service.webhook.handle(request)
