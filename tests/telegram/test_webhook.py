from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiogram import Bot
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.telegram.callbacks import CallbackAnswers
from bot.channels.telegram.door import LARGEST, SECRET_HEADER
from bot.channels.telegram.webhook import Webhook
from bot.pipeline.inbox import Inbox
from dialogs.talk import Heard
from tests.telegram import faults
from tests.telegram.conftest import Dead, Storage, until
from tests.telegram.doors import open_door
from tests.telegram.fakes import FakeTelegram
from tests.telegram.payloads import callback_query, message

SECRET = "s3cret_-"


class Gate:
    """The webhook behind real HTTP."""

    def __init__(self, port: int, http: ClientSession) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.port = port
        self._http = http

    async def post(self, what: object, secret: str = SECRET, **headers: str) -> ClientResponse:
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        given = {SECRET_HEADER: secret, **headers}
        async with self._http.post(self.url, data=body, headers=given) as response:
            assert await response.read() == b""  # a body would be run as a call of the Bot API
            return response

    async def raw(self, head: str, body: bytes = b"") -> tuple[int, float]:
        """Write this and no more; the status of the answer and the seconds it took."""
        began = asyncio.get_running_loop().time()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST /hook HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + body)
        status = int((await reader.readline()).split()[1])
        writer.close()
        await writer.wait_closed()
        return status, asyncio.get_running_loop().time() - began


@pytest.fixture
def webhook(bot: Bot, inbox: Inbox, answers: CallbackAnswers, dead: Dead) -> Webhook:
    return Webhook(
        bot,
        inbox,
        answers,
        secret=SECRET,
        dead=dead,
        clock=lambda: 9.0,
        read_within=60.0,
        keep_within=60.0,
    )


@pytest.fixture(params=["aiohttp", "door"])
async def gate(webhook: Webhook, request: pytest.FixtureRequest) -> AsyncIterator[Gate]:
    """The webhook as aiohttp answers it, and with the short way in before it."""
    app = web.Application()
    app.router.add_post("/hook", webhook.handle)
    async with TestServer(app) as server, ClientSession() as http:
        if request.param == "aiohttp":
            yield Gate(server.port or 0, http)
            return
        assert server.handler is not None
        async with open_door(webhook.take, server.handler) as port:
            yield Gate(port, http)


def says(text: str, update_id: int = 1) -> dict[str, Any]:
    return {"update_id": update_id, "message": message(42, text=text)}


async def test_an_update_is_kept_before_it_is_answered(gate: Gate, storage: Storage) -> None:
    assert (await gate.post(says("找工作"))).status == 200
    (event,) = await storage.kept()
    assert (event.urn, event.heard, event.at) == ("telegram:42", Heard("找工作"), 9.0)


async def test_what_was_answered_survives_a_killed_redis(gate: Gate, storage: Storage) -> None:
    for number in range(20):
        assert (await gate.post(says(f"{number}", number))).status == 200
    storage.kill()
    await storage.start()
    assert [event.heard.text for event in await storage.kept()] == [str(n) for n in range(20)]


async def test_the_same_update_twice_is_kept_once(gate: Gate, storage: Storage) -> None:
    answers = await asyncio.gather(*(gate.post(says("找工作")) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert len(await storage.kept()) == 1


async def test_what_is_nothing_to_us_is_answered_and_not_kept(gate: Gate, storage: Storage) -> None:
    edited = {"update_id": 1, "edited_message": message(42, text="改了")}
    assert (await gate.post(edited)).status == 200
    assert await storage.kept() == []


@pytest.mark.parametrize("secret", ["", "s3cret", "s3cret_-x", "пароль", "密码"])
async def test_without_the_secret_nobody_is_heard(
    gate: Gate, storage: Storage, dead: Dead, secret: str
) -> None:
    assert (await gate.post(says("找工作"), secret)).status == 403
    assert (await gate.post(b"\xff" * 99, secret)).status == 403
    assert await storage.kept() == []
    assert dead.letters == []


async def test_the_secret_is_checked_before_the_body_is_read(gate: Gate) -> None:
    status, seconds = await gate.raw("Content-Length: 1000\r\n")
    assert status == 403
    assert seconds < 30.0
    status, _ = await gate.raw(f"{SECRET_HEADER}: \xff\xfe\r\nContent-Length: 1000\r\n")
    assert status == 403


@pytest.mark.parametrize("secret", ["", "a b", "密码", "x" * 257, "x\n"])
def test_a_weak_secret_is_refused_at_the_start(bot: Bot, secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhook(bot, None, None, secret=secret, dead=None)  # type: ignore[arg-type]


async def test_a_body_that_does_not_come_is_given_up(gate: Gate, webhook: Webhook) -> None:
    webhook._read_within = 0.5
    secret = f"{SECRET_HEADER}: {SECRET}\r\n"
    status, seconds = await gate.raw(f"{secret}Content-Length: 1000\r\n", b'{"update_id":')
    assert status == 408
    assert seconds > 0.4


async def test_a_body_that_is_too_large_is_not_read(gate: Gate) -> None:
    secret = f"{SECRET_HEADER}: {SECRET}\r\n"
    assert (await gate.raw(f"{secret}Content-Length: {LARGEST + 1}\r\n"))[0] == 413
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert (await gate.raw(f"{secret}Transfer-Encoding: chunked\r\n", chunk * 3))[0] == 413


async def test_nor_is_one_that_grows_too_large(gate: Gate, storage: Storage) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    assert len(bomb) < LARGEST
    assert (await gate.post(bomb, **{"Content-Encoding": "gzip"})).status == 413


async def test_a_garbled_body_is_a_bad_request(gate: Gate) -> None:
    assert (await gate.post(b"no gzip", **{"Content-Encoding": "gzip"})).status == 400


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"update_id": 1, "message": "\\ud800"}', "not JSON"),
        (b"[" * 50_000, "not JSON"),
        (b"[]", "a list, not an object"),
        (b'{"update_id": %d}' % 10**30, "update_id"),
        (b'{"message": {}}', "update_id"),
    ],
)
async def test_what_cannot_be_read_is_laid_aside_and_not_sent_again(
    gate: Gate, storage: Storage, dead: Dead, body: bytes, reason: str
) -> None:
    assert (await gate.post(body)).status == 200
    ((raw, why),) = dead.letters
    assert raw == body[:4096]
    assert reason in why
    assert (await gate.post(says("找工作"))).status == 200
    assert len(await storage.kept()) == 1


async def test_while_storage_is_down_telegram_is_asked_to_come_again(
    gate: Gate, storage: Storage
) -> None:
    storage.kill()
    answer = await gate.post(says("找工作"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    await storage.start()
    assert (await gate.post(says("找工作"))).status == 200
    assert len(await storage.kept()) == 1


async def test_storage_that_hangs_does_not_hang_telegram(
    gate: Gate, webhook: Webhook, storage: Storage
) -> None:
    storage.freeze(True)
    webhook._keep_within = 0.5
    try:
        assert (await gate.post(says("找工作"))).status == 503
    finally:
        storage.freeze(False)
    webhook._keep_within = 60.0
    assert (await gate.post(says("找工作"))).status == 200
    assert len(await storage.kept()) == 1  # whether or not the first was kept in the end


async def test_a_press_is_answered_to_the_visitors_button_also_when_it_comes_twice(
    gate: Gate, telegram: FakeTelegram, storage: Storage
) -> None:
    press = {"update_id": 1, "callback_query": callback_query(42, "a=b", "q1")}
    for _ in range(2):
        assert (await gate.post(press)).status == 200
    await until(lambda: telegram.answered == ["q1", "q1"])
    assert len(await storage.kept()) == 1


async def test_a_press_is_answered_also_while_storage_is_down(
    gate: Gate, telegram: FakeTelegram, storage: Storage
) -> None:
    storage.kill()
    press = {"update_id": 1, "callback_query": callback_query(42, "a=b", "q1")}
    assert (await gate.post(press)).status == 503
    await until(lambda: telegram.answered == ["q1"])


async def test_telegram_is_not_kept_waiting_for_the_answer_to_a_press(
    gate: Gate, telegram: FakeTelegram
) -> None:
    telegram.fail(faults.late(120, method="answerCallbackQuery"))
    press = {"update_id": 1, "callback_query": callback_query(42, "a=b", "q1")}
    async with asyncio.timeout(60):
        assert (await gate.post(press)).status == 200
    await until(lambda: telegram.answered == ["q1"])


async def test_telegram_delivers_through_it(
    gate: Gate, telegram: FakeTelegram, bot: Bot, storage: Storage
) -> None:
    storage.kill()
    await bot.set_webhook(gate.url, secret_token=SECRET)
    for number in range(30):
        await telegram.says(number % 3 + 1, str(number))
    await until(lambda: telegram.webhook_answers[503] > 0)
    await storage.start()
    await until(lambda: telegram.pending == 0)
    kept = await storage.kept()
    for chat in (1, 2, 3):
        said = [int(event.heard.text) for event in kept if event.urn == f"telegram:{chat}"]
        assert said == [number for number in range(30) if number % 3 + 1 == chat]
    assert set(telegram.webhook_answers) == {503, 200}


async def test_an_update_as_large_as_telegram_sends_is_kept(gate: Gate, storage: Storage) -> None:
    update = says("字" * 4096)
    update["message"]["entities"] = [{"type": "bold", "offset": n, "length": 1} for n in range(900)]
    assert 40_000 < len(orjson.dumps(update)) < 65_536
    assert (await gate.post(update)).status == 200
    ((event),) = await storage.kept()
    assert event.heard.text == "字" * 4096
