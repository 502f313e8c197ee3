"""A visitor's page as the service sees it: the WebSocket and nothing else."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson

_number = itertools.count(1)


def client_id() -> str:
    return f"message-{next(_number):06}"


async def eventually(holds: Callable[[], bool], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Browser:
    """Keeps the cookie; opens pages."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url = url
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers
        )
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def load(self) -> None:
        async with self._session.get(self.url) as response:
            assert response.status == 200

    async def get(self, path: str, **given: Any) -> aiohttp.ClientResponse:
        response = await self._session.get(self.url + path, **given)
        await response.read()
        return response

    async def post(self, path: str, **given: Any) -> aiohttp.ClientResponse:
        response = await self._session.post(self.url + path, **given)
        await response.read()
        return response

    async def socket(self, **headers: str) -> aiohttp.ClientWebSocketResponse:
        """A bare WebSocket, from a page of the service's own unless `Origin` says otherwise."""
        given = {"Origin": self.url, **{name: text for name, text in headers.items() if text}}
        if headers.get("Origin") == "":
            del given["Origin"]
        ws = await self._session.ws_connect(self.url + "/socket", headers=given)
        self._sockets.append(ws)
        return ws

    async def open(self, last: str = "0", **headers: str) -> Page:
        """A page that has said hello and has been shown everything of old."""
        page = Page(await self.socket(**headers))
        await page.send({"hello": last})
        await page.until("ready")
        return page

    def cookie(self, name: str) -> str:
        [cookie] = [cookie for cookie in self._session.cookie_jar if cookie.key == name]
        return cookie.value

    async def close(self) -> None:
        await asyncio.gather(*(ws.close() for ws in self._sockets))
        await self._session.close()


class Page:
    """Sorts what it receives: letters, and the rest by kind."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.letters: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []

    @property
    def texts(self) -> list[str]:
        return [letter["text"] for letter in self.letters]

    @property
    def last(self) -> str:
        return self.letters[-1]["at"] if self.letters else "0"

    async def send(self, frame: Any) -> None:
        await self.ws.send_str(orjson.dumps(frame).decode())

    async def say(self, text: str, client: str | None = None) -> dict[str, Any]:
        """What the service answers to the frame: an ack or an error."""
        client = client or client_id()
        await self.send({"id": client, "text": text})
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        while True:
            frame = await self.receive()
            if "ack" in frame or "error" in frame:
                return frame

    async def until(self, kind: str) -> None:
        while kind not in await self.receive():
            pass

    async def letters_until(self, text: str) -> list[str]:
        """Every text shown, up to this one."""
        while text not in self.texts:
            await self.receive()
        return self.texts

    async def receive(self) -> dict[str, Any]:
        message = await self.ws.receive(timeout=60)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Closed(self.ws.close_code)
        frame: dict[str, Any] = orjson.loads(message.data)
        self.frames.append(frame)
        if "at" in frame:
            self.letters.append(frame)
        return frame

    async def closed(self) -> int | None:
        """Read to the end: the code it was closed with."""
        try:
            while True:
                await self.receive()
        except Closed as closed:
            return closed.code

    async def quiet(self, seconds: float = 0.3) -> None:
        """Take in whatever comes within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.receive()
        except TimeoutError:
            pass


class Closed(Exception):
    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code
