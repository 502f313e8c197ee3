from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.telegram.doors import SECRET, open_door

HEAD = f"Host: x\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"


class House:
    """A door with aiohttp behind it, which says 299 to what comes to it."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[bytes] = []
        self.left: list[bytes] = []
        self.status = 200
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    async def take(self, body: bytes) -> int:
        self.begun.set()
        await self.gate.wait()
        self.taken.append(body)
        if body == b"broken":
            raise ZeroDivisionError
        return self.status

    async def handle(self, request: web.Request) -> web.Response:
        self.left.append(await request.read())
        return web.Response(status=299)

    async def say(self, *parts: bytes, answers: int = 1) -> list[int]:
        """Write these one after another over one connection; the statuses of the answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.02)
        try:
            return [await _status(reader) for _ in range(answers)]
        finally:
            writer.close()
            await writer.wait_closed()


async def _status(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(60):
        head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
    return int(head.split()[1])


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", house.handle)
    async with TestServer(app) as server:
        assert server.handler is not None
        async with open_door(house.take, server.handler) as port:
            house.port = port
            yield house


def post(body: bytes = b"{}", more: str = "", target: str = "/hook") -> bytes:
    head = f"POST {target} HTTP/1.1\r\n{HEAD}{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("target", ["/hook", "/hook?secret=ab12"])
async def test_a_post_of_telegram_is_taken_at_the_door(house: House, target: str) -> None:
    one = post(b"1", "Connection: keep-alive\r\nContent-Type: application/json\r\n", target)
    assert await house.say(one, post(b"2"), answers=2) == [200, 200]
    assert (house.taken, house.left) == ([b"1", b"2"], [])


async def test_posts_that_follow_without_waiting_are_taken_in_order(house: House) -> None:
    house.gate.clear()
    asyncio.get_running_loop().call_later(0.1, house.gate.set)
    assert await house.say(post(b"1"), post(b"2"), answers=2) == [200, 200]
    assert house.taken == [b"1", b"2"]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /hook HTTP/1.1\r\nHost: x\r\n\r\n",
        post(target="/other"),
        post(target="/hooks"),
        post(more="Connection: close\r\n"),
        post(more="Expect: 100-continue\r\n"),
        post(more="Content-Encoding: identity\r\n"),
        post().replace(SECRET.encode(), b"another"),
        post().replace(HEAD.encode(), b"Host: x\r\n"),
        post().replace(b"HTTP/1.1", b"HTTP/1.0"),
        post(b"x" * 200_000),
        b"POST /hook HTTP/1.1\r\n" + HEAD.encode() + b"Transfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\n\r\n",
    ],
)
async def test_whatever_else_comes_is_aiohttps(house: House, request_: bytes) -> None:
    statuses = await house.say(request_)
    assert statuses[0] in (100, 299, 413)
    assert house.taken == []


@pytest.mark.parametrize(
    "more",
    [
        "Content-Length: 1\r\n",
        "X-Telegram-Bot-Api-Secret-Token: other\r\n",
        " folded: line\r\n",
        "no colon\r\n",
        "Transfer-Encoding : chunked\r\n",
    ],
)
async def test_a_head_that_could_be_read_in_two_ways_is_not_read_here(
    house: House, more: str
) -> None:
    statuses = await house.say(post(more=more))
    assert statuses[0] in (299, 400)
    assert house.taken == []


async def test_a_post_in_pieces_is_aiohttps_and_so_is_its_connection(house: House) -> None:
    whole = post(b"slowly")
    assert await house.say(whole[:40], whole[40:], post(b"next"), answers=2) == [299, 299]
    assert (house.taken, house.left) == ([], [b"slowly", b"next"])


async def test_after_a_post_the_same_connection_may_carry_anything(house: House) -> None:
    page = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
    assert await house.say(post(), page, post(), answers=3) == [200, 299, 299]


async def test_telegram_is_asked_to_come_again(house: House) -> None:
    house.status = 503
    assert await house.say(post()) == [503]
    assert await house.say(post(b"broken")) == [500]


async def test_who_writes_without_end_while_one_is_taken_is_hung_up_on(house: House) -> None:
    house.gate.clear()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await house.say(post(), *[b"x" * 60_000] * 6)
    house.gate.set()


async def test_what_is_being_taken_when_the_door_closes_is_answered(house: House) -> None:
    house.gate.clear()
    async with open_door(house.take, lambda: asyncio.Protocol()) as port:
        house.port = port
        saying = asyncio.create_task(house.say(post(b"late")))
        await house.begun.wait()
        house.gate.set()
    assert await saying == [200]
