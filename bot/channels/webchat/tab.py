"""One open page of a visitor: hears what it says, shows it what lies in the mailbox."""

from __future__ import annotations

import asyncio
from collections import deque

from aiohttp import WSMsgType, web

from bot.channels.webchat import frames
from bot.channels.webchat.limits import Limits
from bot.channels.webchat.mailbox import AT_ONCE, Mailbox
from bot.channels.webchat.reception import Reception, Refused

MOST_NOTES = 50  # acknowledgements and the like that wait to be sent
MOST_REFUSED = 30  # frames in a row


class Deaf(Exception):
    """The page does not read what it is sent."""


class Rude(Exception):
    """The page says nothing that can be taken."""


class Tab:
    """The conversation over one WebSocket, until it closes."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        urn: str,
        address: str,
        bell: asyncio.Event,
        mailbox: Mailbox,
        reception: Reception,
        limits: Limits,
    ) -> None:
        """`bell` is rung when the mailbox may hold something new."""
        self._ws = ws
        self._urn = urn
        self._address = address
        self._bell = bell
        self._mailbox = mailbox
        self._reception = reception
        self._limits = limits
        self._notes: deque[str] = deque([frames.READY])
        self._refused = 0

    async def serve(self) -> None:
        """Hear and show. Raises an ExceptionGroup of Deaf, Rude, StorageDown or
        ConnectionResetError."""
        async with asyncio.TaskGroup() as both:
            last = await self._hello()
            showing = both.create_task(self._show(last))
            async for frame in self._ws:
                await self._hear(frame.data if frame.type is WSMsgType.TEXT else "")
            showing.cancel()

    async def _hello(self) -> str:
        try:
            async with asyncio.timeout(self._limits.patience):
                frame = await self._ws.receive()
            hello = self._reception.read(frame.data if frame.type is WSMsgType.TEXT else "")
        except (TimeoutError, Refused) as error:
            raise Rude from error
        if not isinstance(hello, frames.Hello):
            raise Rude
        return hello.last

    async def _hear(self, frame: str) -> None:
        try:
            said = self._reception.read(frame)
            if isinstance(said, frames.Hello):  # it asks whether we are still there
                self._tell(frames.READY)
                return
            is_new = await self._reception.take(self._urn, self._address, said)
        except Refused as refused:
            self._tell(refused.frame)
            self._refused += 1
            if self._refused > MOST_REFUSED:
                raise Rude from refused
            return
        self._refused = 0
        self._tell(frames.ack(said.client))
        if is_new:
            self._tell(frames.TYPING)

    def _tell(self, frame: str) -> None:
        if len(self._notes) >= MOST_NOTES:
            raise Deaf
        self._notes.append(frame)
        self._bell.set()

    async def _show(self, last: str) -> None:
        while True:
            self._bell.clear()
            last = await self._show_mail(last)
            while self._notes:
                await self._send(self._notes.popleft())
            try:
                async with asyncio.timeout(self._limits.beat):
                    await self._bell.wait()
            except TimeoutError:
                self._notes.append(frames.BEAT)

    async def _show_mail(self, last: str) -> str:
        while True:
            letters = await self._mailbox.after(self._urn, last)
            for posted in letters:
                await self._send(frames.letter(posted))
                last = posted.at
            if len(letters) < AT_ONCE:
                return last

    async def _send(self, frame: str) -> None:
        try:
            async with asyncio.timeout(self._limits.patience):
                await self._ws.send_str(frame)
        except TimeoutError as error:
            raise Deaf from error
