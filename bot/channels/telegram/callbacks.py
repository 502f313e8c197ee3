"""Answers callback queries, so that a pressed button stops turning."""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.channels.delivery import Sent
from bot.channels.telegram.errors import delivery_of

AT_ONCE = 16
MOST_WAITING = 1000
TIMEOUT = 10  # seconds; Telegram forgets a query soon after

log = structlog.get_logger(__name__)


class CallbackAnswers:
    """Answers queries beside the work they cause. `run` must be running for them to be answered.

    An answer only stops the turning circle on the button, so none is repeated or kept: of too many
    waiting, the oldest is dropped.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)

    def answer(self, query: str) -> None:
        """Answer the callback query of that id soon."""
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(query)

    async def run(self) -> None:
        """Answer until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            query = await self._waiting.get()
            try:
                await self._bot.answer_callback_query(query, request_timeout=TIMEOUT)
            except AiogramError as error:
                match delivery_of(error):
                    case Sent():  # too late, or answered before
                        pass
                    case delivery:
                        log.warning("callback query not answered", delivery=delivery)
