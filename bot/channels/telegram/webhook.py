"""Takes updates over HTTP from Telegram and answers once they are kept."""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Callable

import orjson
from aiogram import Bot
from aiohttp import web

from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.door import COME_AGAIN, LARGEST, SECRET_HEADER
from bot.channels.telegram.updates import DEAD_BYTES, DeadLetters, NotAnUpdate, read
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import StorageDown

READ_WITHIN = 10.0  # seconds for a whole body
KEEP_WITHIN = 5.0  # seconds; Telegram waits for 60


class TooLarge(Exception):
    """The body is larger than any update."""


class Webhook:
    """The address that Telegram sends updates to.

    An empty 200 promises that the update is kept (or laid aside as unreadable); 503 asks Telegram
    to send it again. Never 410: after a day of them Telegram removes the webhook.
    """

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        answers: CallbackAnswers,
        *,
        secret: str,
        dead: DeadLetters,
        clock: Callable[[], float] = time.time,
        read_within: float = READ_WITHIN,
        keep_within: float = KEEP_WITHIN,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):  # an empty one lets everybody in
            raise ValueError("a webhook secret is 1-256 of A-Z, a-z, 0-9, _ and -")
        self._bot = bot
        self._inbox = inbox
        self._answers = answers
        self._secret = secret.encode()
        self._dead = dead
        self._clock = clock
        self._read_within = read_within
        self._keep_within = keep_within

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one POST of Telegram, without a body: a body would be run as a call."""
        if not self._is_from_telegram(request):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(self._read_within):
                body = await _body(request)
        except TimeoutError:
            return web.Response(status=408)
        except TooLarge:
            return web.Response(status=413)
        except web.RequestPayloadError:
            return web.Response(status=400)
        if await self.take(body) == 503:
            return web.Response(status=503, headers={"Retry-After": COME_AGAIN})
        return web.Response()

    async def take(self, body: bytes) -> int:
        """Keep an update whose sender is known; the status to answer, 200 or 503."""
        try:
            async with asyncio.timeout(self._keep_within):
                await self._keep(body)
        except (StorageDown, TimeoutError):
            return 503
        return 200

    def _is_from_telegram(self, request: web.Request) -> bool:
        # Bytes: compare_digest refuses text beyond ASCII, and a header may hold any.
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        return hmac.compare_digest(given, self._secret)

    async def _keep(self, body: bytes) -> None:
        try:
            incoming = read(orjson.loads(body), self._bot, self._clock())
        except orjson.JSONDecodeError:
            await self._dead(body[:DEAD_BYTES], "not JSON")
            return
        except NotAnUpdate as error:
            await self._dead(body[:DEAD_BYTES], str(error))
            return
        if incoming.query is not None:
            self._answers.answer(incoming.query)
        if incoming.event is not None:
            await self._inbox.accept(incoming.event)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST:
        raise TooLarge
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge
    return bytes(body)
