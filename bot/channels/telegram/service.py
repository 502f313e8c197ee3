"""Telegram, all of it: its channel, its webhook or poller, and the tasks they need."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from hashlib import sha256

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiohttp import web

from bot.channels.delivery import Halted, Wait
from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.errors import delivery_of
from bot.channels.telegram.options import TelegramSettings as TelegramSettings
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.session import JsonSession
from bot.channels.telegram.setup import Address, connect
from bot.channels.telegram.webhook import Webhook
from bot.pipeline.dead import DeadLetters
from bot.pipeline.inbox import Inbox

log = structlog.get_logger()

AGAIN_AFTER = 10.0  # seconds between attempts to reach Telegram at the start


class TelegramService:
    """Everything of Telegram in one process. `run` must be running."""

    def __init__(
        self,
        settings: TelegramSettings,
        inbox: Inbox,
        dead: DeadLetters,
        menu: Mapping[str, str],
    ) -> None:
        """`menu`: the commands of the bot's menu and the words beside them."""
        self._settings = settings
        self._menu = menu
        self._dead = dead
        self._bot = Bot(settings.token, session=JsonSession(settings.api))
        self._answers = CallbackAnswers(self._bot)
        self._inbox = inbox
        self._secret = settings.webhook_secret
        self.channel = Telegram(self._bot, settings.pace)
        self.mode = settings.mode
        self.bot_name = ""  # until Telegram has told it
        self.webhook = Webhook(
            self._bot, inbox, self._answers, secret=self._secret, dead=self._lay_aside
        )

    def add_to(self, app: web.Application) -> None:
        """Add the webhook's route, if there is one."""
        if self.mode == "webhook":
            app.router.add_post(self._settings.path, self.webhook.handle)

    async def run(self) -> None:
        """Receive until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._answers.run())
            tasks.create_task(self._receive())

    async def close(self) -> None:
        """Close the connections to Telegram, after the last send."""
        await self._bot.session.close()

    async def _receive(self) -> None:
        if not await self._has_connected():
            return
        if self._settings.webhook is None:
            await Polling(self._bot, self._inbox, self._answers, dead=self._lay_aside).run()

    async def _has_connected(self) -> bool:
        """Introduce ourselves, as often as it takes; False when Telegram refuses the token."""
        webhook = None if self._settings.webhook is None else self._address(self._settings.webhook)
        while True:
            try:
                me = await connect(self._bot, self._menu, webhook)
                self.bot_name = me.username or ""
                return True
            except AiogramError as error:
                delivery = delivery_of(error)
                log.error("telegram.not_connected", delivery=str(delivery))
                if isinstance(delivery, Halted):
                    return False
                wait = delivery.seconds if isinstance(delivery, Wait) else AGAIN_AFTER
                await asyncio.sleep(wait)

    def _address(self, url: str) -> Address:
        # Telegram does not tell which secret it has. A mark of it in the address does: with another
        # secret it is another address, and set anew.
        mark = sha256(self._secret.encode()).hexdigest()[:8]
        return Address(f"{url}{'&' if '?' in url else '?'}secret={mark}", self._secret)

    async def _lay_aside(self, raw: bytes, reason: str) -> None:
        await self._dead.keep_raw(raw.decode(errors="replace"), reason, time.time())
