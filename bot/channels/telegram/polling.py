"""Asks Telegram for updates, for machines that Telegram cannot reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod

from bot.channels.delivery import Halted, Wait
from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.errors import NotConnected, delivery_of
from bot.channels.telegram.updates import (
    ALLOWED,
    DEAD_BYTES,
    DeadLetters,
    Incoming,
    NotAnUpdate,
    read,
)
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import StorageDown

HOLD = 25  # seconds Telegram holds a request when there is nothing new
KEEP_WITHIN = 10.0  # seconds for keeping a batch
PAUSES = (1.0, 30.0)  # seconds, first and longest, after a failure

log = structlog.get_logger(__name__)


class GetRawUpdates(TelegramMethod[list[Any]]):
    """getUpdates, each update left as it came: one that cannot be read must not hide the others."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


class Polling:
    """Updates by getUpdates.

    Asking for what comes after a batch confirms it to Telegram, so that is done only once the
    batch is kept.
    """

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        answers: CallbackAnswers,
        *,
        dead: DeadLetters,
        clock: Callable[[], float] = time.time,
        hold: int = HOLD,
        pauses: tuple[float, float] = PAUSES,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._answers = answers
        self._dead = dead
        self._clock = clock
        self._hold = hold
        self._pauses = pauses
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled; returns only when the Bot API forbids it (token, other poller)."""
        failures = 0
        is_clear = False
        while True:
            try:
                if not is_clear:
                    await self._leave_webhook()
                    is_clear = True
                await self._turn()
                failures = 0
            except (StorageDown, TimeoutError, AiogramError) as error:
                failures += 1
                pause = self._pause(error, failures)
                if pause is None:
                    return
                await asyncio.sleep(pause)

    def _pause(self, error: Exception, failures: int) -> float | None:
        """Seconds until the next try; None when there shall be none."""
        first, longest = self._pauses
        match delivery_of(error):
            case Halted(reason=reason):
                log.error("polling stopped: another poller, or a wrong token", reason=reason)
                return None
            case Wait(seconds=seconds) if not isinstance(error, NotConnected):
                pause = max(seconds, first)
            case _:
                pause = min(first * 2 ** min(failures - 1, 16), longest)
        log.warning("polling pauses", error=type(error).__name__, seconds=pause)
        return pause

    async def _leave_webhook(self) -> None:
        # With a webhook set, getUpdates is refused. What waits must stay: no dropping.
        if (await self._bot.get_webhook_info()).url:
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def _turn(self) -> None:
        asked = GetRawUpdates(offset=self._offset, timeout=self._hold, allowed_updates=ALLOWED)
        raws = await self._bot(asked)
        async with asyncio.timeout(KEEP_WITHIN):
            incoming = [await self._read(raw) for raw in raws]
            await self._inbox.accept_all([one.event for one in incoming if one.event is not None])
        self._offset = _after(raws, self._offset)

    async def _read(self, raw: Any) -> Incoming:
        try:
            incoming = read(raw, self._bot, self._clock())
        except NotAnUpdate as error:
            await self._dead(orjson.dumps(raw)[:DEAD_BYTES], str(error))
            return Incoming()
        if incoming.query is not None:
            self._answers.answer(incoming.query)
        return incoming


def _after(raws: list[Any], offset: int | None) -> int | None:
    """The offset that confirms these updates. Ids nobody could have counted do not count."""
    ids = [raw["update_id"] for raw in raws if isinstance(raw, dict) and _is_id(raw)]
    return max(ids) + 1 if ids else offset


def _is_id(raw: dict[str, Any]) -> bool:
    number = raw.get("update_id")
    return isinstance(number, int) and 0 <= number < 2**63
