"""The WebSocket's door: who may come in, and how each conversation ends."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import WSCloseCode, web

from bot.channels.webchat.frames import MOST_BYTES
from bot.channels.webchat.identity import token_in, urn_of
from bot.channels.webchat.limits import Crowded, Door, Limits
from bot.channels.webchat.mailbox import Mailbox
from bot.channels.webchat.postman import Postman
from bot.channels.webchat.reception import Reception
from bot.channels.webchat.tab import Deaf, Rude, Tab
from bot.network import Network
from bot.pipeline.line import StorageDown

STRANGER = 4401  # close code: the page has no cookie of ours and must be loaded (again)
GOODBYE = 1.0  # seconds a page has for its part of closing
UNSENT = 64 * 1024  # bytes on their way to a page before the next letter waits

log = structlog.get_logger(__name__)


class Sockets:
    """Every open WebSocket of this process."""

    def __init__(
        self,
        mailbox: Mailbox,
        reception: Reception,
        postman: Postman,
        network: Network,
        door: Door,
        limits: Limits,
    ) -> None:
        self._mailbox = mailbox
        self._reception = reception
        self._postman = postman
        self._network = network
        self._door = door
        self._limits = limits
        self._open: set[web.WebSocketResponse] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET: one WebSocket, from its handshake to its end."""
        if not self._network.is_ours(request):
            raise web.HTTPForbidden
        address = self._network.address(request)
        try:
            with self._door.enter(address):
                return await self._welcome(request, address)
        except Crowded:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "5"}) from None

    async def close(self) -> None:
        """Send every page away; they come back by themselves."""
        away = WSCloseCode.GOING_AWAY
        await asyncio.gather(*(ws.close(code=away) for ws in self._open))

    async def _welcome(self, request: web.Request, address: str) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(
            timeout=GOODBYE,
            heartbeat=self._limits.beat,
            compress=False,  # 300 KB of memory a socket, and a way to make us work
            max_msg_size=MOST_BYTES,
            writer_limit=UNSENT,
        )
        await ws.prepare(request)
        token = token_in(request)
        if token is None:
            await ws.close(code=STRANGER)
            return ws
        self._open.add(ws)
        try:
            await self._converse(request, ws, urn_of(token), address)
        finally:
            self._open.remove(ws)
        return ws

    async def _converse(
        self, request: web.Request, ws: web.WebSocketResponse, urn: str, address: str
    ) -> None:
        """Serve the page, and close as its end demands."""
        code = WSCloseCode.OK
        try:
            with self._postman.round(urn) as bell:
                await Tab(
                    ws, urn, address, bell, self._mailbox, self._reception, self._limits
                ).serve()
        except* Deaf:
            _abort(request)
        except* Rude:
            code = WSCloseCode.POLICY_VIOLATION
        except* StorageDown:
            code = WSCloseCode.TRY_AGAIN_LATER
        except* ConnectionResetError:
            pass  # the page is gone
        except* Exception as errors:
            log.error("webchat.failed", urn=urn, exc_info=errors)
            code = WSCloseCode.INTERNAL_ERROR
        await ws.close(code=code)


def _abort(request: web.Request) -> None:
    """Cut the line: a page that does not read would not read a farewell either."""
    if request.transport is not None:
        request.transport.abort()
